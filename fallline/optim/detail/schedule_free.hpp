// SPDX-License-Identifier: Apache-2.0
// What the Schedule-Free rules share: the warmed-up rate, and the weight of the newest point in the average.
//   eta_t = eta min(1, t/warmup);   w = t^r (largest eta so far)^power;   W <- W + w;   c = w/W
// Defazio et al. 2024.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline::detail {

struct ScheduleFree {
  double rate;
  double share;
};

/// `total` and `largest` are the state W and the largest rate so far.
inline ScheduleFree schedule_free(const Step& step, double warmup, double r, double power, double& total, double& largest) {
  const double t = static_cast<double>(step.t);
  const double rate = step.learning_rate * (warmup > 0 ? std::min(1.0, t / warmup) : 1);
  largest = std::max(largest, rate);
  const double weight = std::pow(t, r) * std::pow(largest, power);
  total += weight;
  return {rate, total > 0 ? weight / total : 0};
}

}  // namespace fallline::detail
