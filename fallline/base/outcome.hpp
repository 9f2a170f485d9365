// SPDX-License-Identifier: Apache-2.0
// How a run ended. Divergence, a spent budget and a user's stop are outcomes, not errors.
#pragma once

#include <string_view>

namespace fallline {

enum class Outcome { converged, budget, early_stopped, diverged, stalled, interrupted };

std::string_view outcome_name(Outcome outcome);

}  // namespace fallline
