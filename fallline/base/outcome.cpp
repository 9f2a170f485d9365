// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/outcome.hpp"

#include <array>

namespace fallline {

std::string_view outcome_name(Outcome outcome) {
  constexpr std::array<std::string_view, 6> names = {"converged", "budget", "early_stopped", "diverged", "stalled", "interrupted"};
  return names.at(static_cast<std::size_t>(outcome));
}

}  // namespace fallline
