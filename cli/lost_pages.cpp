// SPDX-License-Identifier: Apache-2.0
#include "cli/lost_pages.hpp"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is not in <csignal>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "fallline/base/file.hpp"
#include "fallline/base/result.hpp"

namespace fallline::cli {

namespace {

// All of this runs in a handler of a signal: no memory is asked for, and of the system only what may be called there.

void put(std::string_view text) { write_all(STDERR_FILENO, text); }

/// The hexadecimal number that a line begins with, which is taken off.
std::uintptr_t take_address(std::string_view& line) {
  std::uintptr_t number = 0;
  for (; !line.empty(); line.remove_prefix(1)) {
    const char c = line.front();
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) {
      break;
    }
    number = number * 16 + static_cast<std::uintptr_t>(digit);
  }
  return number;
}

/// The file whose pages lie at the address, by a line "from-to rights offset device inode path" of the system's list; empty for others.
std::string_view file_at(std::uintptr_t address, std::string_view line) {
  const std::uintptr_t from = take_address(line);
  line.remove_prefix(line.empty() ? 0 : 1);
  const std::uintptr_t to = take_address(line);
  const std::size_t path = line.find('/');
  return from <= address && address < to && path != std::string_view::npos ? line.substr(path) : std::string_view();
}

/// Looks for the file line by line and tells of it; whether there is one.
bool tell_file_at(std::uintptr_t address) {
  std::array<char, 8192> line;
  const int maps = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  std::size_t size = 0;
  for (char c = 0; maps >= 0 && ::read(maps, &c, 1) == 1;) {
    if (c != '\n') {
      line[size] = c;
      size += size + 1 < line.size() ? 1 : 0;
      continue;
    }
    const std::string_view path = file_at(address, {line.data(), size});
    size = 0;
    if (!path.empty()) {
      put("fallline: ");
      put(path);
      put(" was cut short while it was read, or its disk fails. Run again once nothing writes to it.\n");
      return true;
    }
  }
  return false;
}

extern "C" void lost_page(int signal, siginfo_t* info, void* /*context*/) {
  static std::atomic_flag told;
  while (told.test_and_set()) {
    ::pause();  // another thread tells of it and ends the program
  }
  if (tell_file_at(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
    ::_exit(static_cast<int>(ErrorCode::data));
  }
  told.clear();
  ::signal(signal, SIG_DFL);  // the page is touched again, and the program ends as without this handler
}

}  // namespace

void tell_lost_pages() {
  struct sigaction action{};
  action.sa_sigaction = lost_page;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace fallline::cli
