// SPDX-License-Identifier: Apache-2.0
// Logistic: l(p, y) = log(1 + e^-m), m = y p with y = -1 or +1. Slope -y sigma(-m); both safe at any margin.
#pragma once

#include "fallline/math/elementary.hpp"
#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

struct Logistic {
  static constexpr std::string_view name = "logistic";
  static constexpr std::string_view cites = "Cox 1958, Journal of the Royal Statistical Society B 20";
  static constexpr std::string_view summary = "two classes with probabilities";
  static constexpr LossTask task = LossTask::binary;
  static constexpr bool smooth = true;
  static constexpr double curvature = 0.25;
  static constexpr double degree = 0;

  static constexpr auto fields() { return std::array<Field<Logistic>, 0>{}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T m = y * p;
    const T z = fast_exp(m < 0 ? m : -m);
    return {fast_log1p(z) + (m < 0 ? -m : T(0)), -y * (m < 0 ? T(1) : z) / (T(1) + z)};
  }
};

}  // namespace fallline::losses
