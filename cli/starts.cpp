// SPDX-License-Identifier: Apache-2.0
#include "cli/starts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

/// What the starts are compared by.
double compared(const StartReport& start) { return start.validation.empty() ? start.objective : start.validation.front().second; }

std::string name_of(const StartReport& start) { return start.validation.empty() ? "objective" : "validation loss"; }

}  // namespace

std::vector<std::string> start_lines(const StartsTold& told) {
  std::vector<std::string> lines;
  for (std::size_t k = 0; k < told.starts.size(); ++k) {
    const StartReport& start = told.starts[k];
    std::string line = fmt::format("start {} of {} (seed {}): {}, objective {}", k + 1, told.starts.size(), start.seed,
                                   outcome_name(start.outcome), brief(start.objective));
    for (const auto& [name, value] : start.validation) {
      line += fmt::format(", validation {} {}", name, brief(value));
    }
    lines.push_back(line + (k == told.winner ? "; kept" : ""));
  }
  return lines;
}

std::string starts_summary(const StartsTold& told) {
  const StartReport& best = told.starts[told.winner];
  std::vector<double> others;
  std::size_t diverged = 0;
  for (std::size_t k = 0; k < told.starts.size(); ++k) {
    const bool lost = told.starts[k].outcome == Outcome::diverged;
    diverged += lost ? 1 : 0;
    if (!lost && k != told.winner) {
      others.push_back(compared(told.starts[k]));
    }
  }
  if (diverged == told.starts.size()) {
    return fmt::format("{}, all diverged", told.starts.size());
  }
  std::string line = fmt::format("{}, the best is start {} (seed {}): {} {}", told.starts.size(), told.winner + 1, best.seed, name_of(best),
                                 brief(compared(best)));
  if (!others.empty()) {
    const auto [low, high] = std::minmax_element(others.begin(), others.end());
    line +=
        others.size() == 1 ? fmt::format(", the other {}", brief(*low)) : fmt::format(", the others {} to {}", brief(*low), brief(*high));
  }
  return line + (diverged > 0 ? fmt::format(", {} diverged", diverged) : "");
}

std::string starts_json(const StartsTold& told) {
  std::vector<std::string> objects;
  for (std::size_t k = 0; k < told.starts.size(); ++k) {
    const StartReport& start = told.starts[k];
    JsonObject object;
    object.add("seed", start.seed).add("outcome", outcome_name(start.outcome)).add("objective", start.objective);
    object.raw("validation", start.validation.empty() ? "null" : json_numbers(start.validation));
    objects.push_back(object.add("kept", k == told.winner).text());
  }
  return json_list(objects);
}

}  // namespace fallline::cli
