// SPDX-License-Identifier: Apache-2.0
// A straight rise from `start`, then half a cosine: eta_k = start + (eta - start) k / w for k < w = warmup, afterwards
// end + (eta - end) (1 + cos(pi (k - w) / (T - w))) / 2. T = total includes the warm-up.
// Goyal et al. 2017; Loshchilov & Hutter 2016.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct WarmupCosine {
  static constexpr std::string_view name = "warmup_cosine";
  static constexpr std::string_view cites = "Goyal et al. 2017; Loshchilov & Hutter 2016";
  static constexpr std::string_view summary = "Rises in a straight line, then falls along half a cosine.";

  std::int64_t total = 0;
  std::int64_t warmup = 0;
  double start = 0;
  double end = 0;

  static constexpr auto fields() {
    return std::array{
        field<&WarmupCosine::total>("total", nonnegative, "steps of rise and fall together; 0 is the run"),
        field<&WarmupCosine::warmup>("warmup", nonnegative, "steps of the rise"),
        field<&WarmupCosine::start>("start", nonnegative, "rate of the first step"),
        field<&WarmupCosine::end>("end", nonnegative, "rate at the end"),
    };
  }

  double rate(std::int64_t k, double base) const {
    if (k < warmup) {
      return start + (base - start) * static_cast<double>(k) / static_cast<double>(warmup);
    }
    const double length = static_cast<double>(std::max<std::int64_t>(total - warmup, 1));
    const double at = std::min(static_cast<double>(k - warmup), length);
    return end + (base - end) * (1 + std::cos(std::numbers::pi * at / length)) / 2;
  }
};

}  // namespace fallline::schedules
