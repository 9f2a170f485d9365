// SPDX-License-Identifier: Apache-2.0
// A contract between callers and callees inside the program. A broken one is the programmer's mistake (shapes that do not fit, an
// index out of range), never the user's: the program stops at the place. The world's faults are Result<T>.
#pragma once

#include <source_location>

namespace fallline {

/// Ends the program with the broken promise and its place. Only a mistake in the code can lead here.
[[noreturn]] void contract_broken(const char* what, const std::source_location& where);

/// Requires `condition`; `what` says what must hold, e.g. expects(x.size() == w.size(), "one weight per column").
inline void expects(bool condition, const char* what, const std::source_location& where = std::source_location::current()) {
  if (!condition) [[unlikely]] {
    contract_broken(what, where);
  }
}

}  // namespace fallline
