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

/// The constants of a step in T.
template <class T>
struct ScheduleFreeStep {
  bool first;  // z and x begin at y
  T eta;
  T decay;
  T share;
  T fast;  // 1 - beta

  /// Moves z along -(u + decay y) and x towards it; y is the new point between them, less what is returned.
  T operator()(T y, T u, T& z, T& x) const {
    const T from = first ? y : z;
    const T old = first ? y : x;
    z = from - eta * (u + decay * y);
    x = old + share * (z - old);
    return y - (x + fast * (z - x));
  }
};

template <class T>
ScheduleFreeStep<T> schedule_free_step(const Step& step, const ScheduleFree& weights, double beta) {
  return {step.t == 1, static_cast<T>(weights.rate), static_cast<T>(step.weight_decay), static_cast<T>(weights.share),
          static_cast<T>(1 - beta)};
}

}  // namespace fallline::detail
