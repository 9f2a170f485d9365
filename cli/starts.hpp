// SPDX-License-Identifier: Apache-2.0
// How the starts of --restarts are told: as a line each, as a line of the summary, as JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fallline/train/restarts.hpp"

namespace fallline::cli {

/// The starts of a run; none where it had one.
struct StartsTold {
  std::size_t winner = 0;
  std::vector<StartReport> starts = {};
};

/// "start 2 of 3 (seed 1): budget, objective 0.41, validation loss 0.45; kept".
std::vector<std::string> start_lines(const StartsTold& told);

/// "3, the best is start 2 (seed 1): validation loss 0.45, the others 0.46 to 0.51".
std::string starts_summary(const StartsTold& told);

/// [{seed, outcome, objective, validation, kept}].
std::string starts_json(const StartsTold& told);

}  // namespace fallline::cli
