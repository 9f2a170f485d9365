// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/lost_pages.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "fallline/math/instruction_set.hpp"

namespace {

fallline::StopSource stop_source;

/// The first signal asks the run to stop at its next step; the second one ends the program.
extern "C" void ask_to_stop(int signal) {
  stop_source.request_stop();
  std::signal(signal, SIG_DFL);
}

int failed(const fallline::Error& error) {
  fallline::cli::say(fmt::format("{} {}", fallline::cli::red_on_stderr("fallline:"), error.message));
  return static_cast<int>(error.code);
}

int run(const std::vector<std::string>& arguments) {
  if (const auto pinned = fallline::pin_instruction_set_by_environment(); !pinned) {
    return failed(pinned.error());
  }
  const fallline::Result<int> code = fallline::cli::run_command_line(arguments, stop_source.token());
  return code ? *code : failed(code.error());
}

/// Tables are parsed part after part: memory of one is kept for the next, which fresh pages from the system would cost as much as parsing.
void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kept = 16 << 20;
  constexpr int apart = 4 << 20;  // larger ones go back to the system by themselves
  ::mallopt(M_ARENA_MAX, 2);      // each keeps its own
  ::mallopt(M_TRIM_THRESHOLD, kept);
  ::mallopt(M_MMAP_THRESHOLD, apart);
#endif
}

}  // namespace

int main(int count, char** words) {
  keep_freed_memory();
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  fallline::cli::tell_lost_pages();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is told by write, and ends with its own code
  try {
    return run(std::vector<std::string>(words + 1, words + count));
  } catch (const std::bad_alloc&) {
    return failed(fallline::no_room_error("There is not enough memory for this data. Train on fewer rows or columns (--features)."));
  } catch (const std::exception& fault) {
    return failed({fallline::ErrorCode::internal, fmt::format("internal fault: {}.", fault.what())});
  }
}
