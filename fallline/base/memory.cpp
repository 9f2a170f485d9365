// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/memory.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#if defined(__linux__)
#include <charconv>
#include <string_view>
#include <vector>

#include "fallline/base/file.hpp"
#include "fallline/base/text.hpp"
#endif

namespace fallline {

#if defined(__linux__)

namespace {

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

std::uint64_t free_memory_to_use() { return std::numeric_limits<std::uint64_t>::max() / 2; }

#endif

Memory::Memory(std::uint64_t limit, std::string folder, bool cache) : limit_(limit), folder_(std::move(folder)), cache_(cache) {}

bool Memory::has_room(std::uint64_t bytes) const {
  const std::uint64_t taken = taken_.load();
  return taken <= room() && bytes <= room() - taken;
}

bool Memory::take(std::uint64_t bytes) {
  std::uint64_t taken = taken_.load();
  do {
    if (bytes > room() || taken > room() - bytes) {
      return false;
    }
  } while (!taken_.compare_exchange_weak(taken, taken + bytes));
  return true;
}

void Memory::give(std::uint64_t bytes) { taken_.fetch_sub(bytes); }

bool MemoryShare::take(std::uint64_t bytes) {
  if (memory_ == nullptr) {
    return true;
  }
  const bool taken = memory_->take(bytes);
  taken_.fetch_add(taken ? bytes : 0);
  return taken;
}

void MemoryShare::give(std::uint64_t bytes) {
  if (memory_ != nullptr) {
    memory_->give(bytes);
    taken_.fetch_sub(bytes);
  }
}

std::uint64_t Memory::beside() const {
  const std::uint64_t half = free_memory_to_use();
  return limit_ / 2 < half ? (half - limit_ / 2) * 2 : 0;
}

std::size_t Memory::in_flight() const {
  constexpr std::uint64_t least = std::uint64_t{4} << 20U;
  constexpr std::uint64_t most = std::uint64_t{256} << 20U;
  return static_cast<std::size_t>(std::clamp(limit_ / 32, least, most));
}

}  // namespace fallline
