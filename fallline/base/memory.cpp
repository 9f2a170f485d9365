// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/memory.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#if defined(__linux__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "fallline/base/file.hpp"
#include "fallline/base/text.hpp"
#endif

namespace fallline {

namespace {

/// The share of the ceiling that data may fill, in eighths: the rest is for reading, for the model and for the program.
constexpr std::uint64_t data_eighths = 3;

}  // namespace

#if defined(__linux__)

namespace {

constexpr std::chrono::milliseconds between_looks{2};

/// Bytes of this process in memory, and those among them that are pages of files, the program's own included.
struct Resident {
  std::uint64_t all = 0;
  std::uint64_t of_files = 0;
};

/// By the system's own account; zeros where it cannot be read.
Resident resident_bytes(int statm) {
  std::array<char, 64> text{};
  const ssize_t size = ::pread(statm, text.data(), text.size() - 1, 0);
  const std::vector<std::string_view> pages = split({text.data(), size > 0 ? static_cast<std::size_t>(size) : 0}, ' ');
  const auto bytes = [&](std::size_t field) {
    std::uint64_t number = 0;
    if (field < pages.size()) {
      std::from_chars(pages[field].data(), pages[field].data() + pages[field].size(), number);
    }
    return number * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  };
  return {bytes(1), bytes(2)};
}

/// The number in a small file of the system; nothing known where there is none, as where it says "max".
std::uint64_t number_in(const std::string& path) {
  constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();
  const Result<std::string> text = read_file(path);
  std::uint64_t number = unknown;
  if (text) {
    std::from_chars(text->data(), text->data() + text->size(), number);
  }
  return number;
}

/// The smallest limit on the path of the control group, of either version: what it uses is mostly pages of files, which are given up.
std::uint64_t limit_of_groups() {
  std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
  const Result<std::string> groups = read_file("/proc/self/cgroup");
  for (const std::string_view line : groups ? split(*groups, '\n') : std::vector<std::string_view>{}) {
    const std::vector<std::string_view> parts = split(line, ':');
    const bool second = line.starts_with("0::");
    if (parts.empty() || (!second && (parts.size() < 3 || parts[1] != "memory"))) {
      continue;
    }
    const std::string root = second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (std::string path(parts.back());; path.resize(path.rfind('/'))) {
      const std::string folder = root + (path == "/" ? "" : path) + "/";
      const std::uint64_t limit = number_in(folder + (second ? "memory.max" : "memory.limit_in_bytes"));
      left = std::min(left, limit);
      if (path.empty() || path.find('/') == std::string::npos) {
        break;
      }
    }
  }
  return left;
}

}  // namespace

struct Memory::Watch {
  std::atomic<std::uint64_t> taken = 0;
  std::mutex mutex;
  std::condition_variable ended;
  bool ends = false;
  std::map<void*, std::size_t> pages;
  std::atomic<std::uint64_t> touched = 0;  // since the last look
  std::uint64_t mark;                      // above which pages are given back,
  std::uint64_t few;                       // unless so few of them are there that it is not they who fill the memory
  int statm;
  std::thread thread;

  explicit Watch(std::uint64_t limit) : mark(limit - limit / 6), few(limit / 16), statm(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {
    few += resident_bytes(statm).of_files;  // the program
    thread = std::thread([this] { look_again_and_again(); });
  }

  /// The mutex is held.
  void look() {
    const Resident now = pages.empty() ? Resident{} : resident_bytes(statm);
    if (now.all <= mark || now.of_files <= few) {
      return;
    }
    for (const auto& [at, bytes] : pages) {
      (void)::madvise(at, bytes, MADV_DONTNEED);  // shared or read-only pages of a file: nothing written is lost
    }
  }

  void look_again_and_again() {
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, between_looks, [&] { return ends; })) {
      look();
    }
  }
};

Memory::Memory(std::uint64_t limit, std::string folder)
    : limit_(limit), folder_(std::move(folder)), watch_(std::make_unique<Watch>(limit)) {}

Memory::~Memory() {
  {
    const std::lock_guard lock(watch_->mutex);
    watch_->ends = true;
  }
  watch_->ended.notify_all();
  watch_->thread.join();
  if (watch_->statm >= 0) {
    ::close(watch_->statm);
  }
}

void Memory::touched(std::uint64_t bytes) {
  const std::uint64_t enough = limit_ / 16;
  if (watch_->touched.fetch_add(bytes) + bytes > enough) {
    watch_->touched.store(0);
    const std::lock_guard lock(watch_->mutex);
    watch_->look();
  }
}

void Memory::watch(void* pages, std::size_t bytes) {
  const std::lock_guard lock(watch_->mutex);
  watch_->pages[pages] = bytes;
}

void Memory::unwatch(void* pages) {
  const std::lock_guard lock(watch_->mutex);
  watch_->pages.erase(pages);
}

std::uint64_t free_memory_to_use() {
  std::uint64_t free = limit_of_groups();
  const Result<std::string> machine = read_file("/proc/meminfo");
  constexpr std::string_view name = "MemAvailable:";
  for (const std::string_view line : machine ? split(*machine, '\n') : std::vector<std::string_view>{}) {
    if (line.starts_with(name)) {
      const std::string_view number = trim(line.substr(name.size()));
      std::uint64_t kilobytes = 0;
      std::from_chars(number.data(), number.data() + number.size(), kilobytes);
      free = std::min(free, kilobytes * 1024);
    }
  }
  return free / 2;
}

#else

struct Memory::Watch {
  std::atomic<std::uint64_t> taken = 0;
};

Memory::Memory(std::uint64_t limit, std::string folder) : limit_(limit), folder_(std::move(folder)), watch_(std::make_unique<Watch>()) {}
Memory::~Memory() = default;
void Memory::watch(void* /*pages*/, std::size_t /*bytes*/) {}
void Memory::unwatch(void* /*pages*/) {}
void Memory::touched(std::uint64_t /*bytes*/) {}
std::uint64_t free_memory_to_use() { return std::numeric_limits<std::uint64_t>::max() / 2; }

#endif

bool Memory::has_room(std::uint64_t bytes) const {
  const std::uint64_t room = limit_ / 8 * data_eighths;
  const std::uint64_t taken = watch_->taken.load();
  return taken <= room && bytes <= room - taken;
}

bool Memory::take(std::uint64_t bytes) {
  const std::uint64_t room = limit_ / 8 * data_eighths;
  std::uint64_t taken = watch_->taken.load();
  do {
    if (bytes > room || taken > room - bytes) {
      return false;
    }
  } while (!watch_->taken.compare_exchange_weak(taken, taken + bytes));
  return true;
}

void Memory::give(std::uint64_t bytes) { watch_->taken.fetch_sub(bytes); }

std::size_t Memory::in_flight() const {
  constexpr std::uint64_t least = std::uint64_t{4} << 20U;
  constexpr std::uint64_t most = std::uint64_t{256} << 20U;
  return static_cast<std::size_t>(std::clamp(limit_ / 32, least, most));
}

}  // namespace fallline
