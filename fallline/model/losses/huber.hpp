// SPDX-License-Identifier: Apache-2.0
// Huber: l = r^2/2 where |r| <= delta, else delta (|r| - delta/2), r = p - y. Slope r, cut to [-delta, delta].
#pragma once

#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

struct Huber {
  static constexpr std::string_view name = "huber";
  static constexpr std::string_view cites = "Huber 1964, Annals of Mathematical Statistics 35";
  static constexpr std::string_view summary = "squared near the target, absolute far off";
  static constexpr LossTask task = LossTask::regression;
  static constexpr bool smooth = true;
  static constexpr double curvature = 1;
  static constexpr double degree = 2;
  double delta = 1;

  static constexpr auto fields() {
    return std::array{field<&Huber::delta>("delta", positive, "where the parabola ends, in units of the standard deviation of the target")};
  }

  Huber rescaled(double factor) const { return {delta * factor}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T r = p - y;
    const T d = T(delta);
    const T cut = r < -d ? -d : (r > d ? d : r);
    return {cut * (r - T(0.5) * cut), cut};
  }
};

}  // namespace fallline::losses
