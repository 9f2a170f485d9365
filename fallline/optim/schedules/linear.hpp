// SPDX-License-Identifier: Apache-2.0
// A straight line from one share of the rate to another: eta_k = eta (start + (end - start) min(k, T) / T), T = total.
// start < end is a warm-up (Goyal et al. 2017, section 2.2).
#pragma once

#include <algorithm>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Linear {
  static constexpr std::string_view name = "linear";
  static constexpr std::string_view cites = "Goyal et al. 2017";
  static constexpr std::string_view summary = "A straight line from one share of the rate to another.";

  std::int64_t total = 0;
  double start = 1;
  double end = 0;

  static constexpr auto fields() {
    return std::array{
        field<&Linear::total>("total", nonnegative, "length of the line in steps; 0 is the run"),
        field<&Linear::start>("start", nonnegative, "share of the rate at the first step"),
        field<&Linear::end>("end", nonnegative, "share of the rate at the end"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const double length = static_cast<double>(std::max<std::int64_t>(total, 1));
    return base * (start + (end - start) * std::min(static_cast<double>(k), length) / length);
  }
};

}  // namespace fallline::schedules
