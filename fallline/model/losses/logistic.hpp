// SPDX-License-Identifier: Apache-2.0
// Logistic: l(p, y) = log(1 + e^-m), m = y p with y = -1 or +1. Slope -y sigma(-m); both safe at any margin.
// Label smoothing (Szegedy et al. 2016, section 7) gives the true class 1 - s/2 of the target and the other s/2: l + (s/2) m.
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

  double smoothing = 0;

  static constexpr auto fields() {
    return std::array{field<&Logistic::smoothing>("smoothing", below_one, "share of the target that both classes get alike")};
  }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T m = y * p;
    const T z = fast_exp(m < 0 ? m : -m);
    const LossAt<T> sharp = {fast_log1p(z) + (m < 0 ? -m : T(0)), -y * (m < 0 ? T(1) : z) / (T(1) + z)};
    const T other = T(smoothing / 2);
    return smoothing > 0 ? LossAt<T>{sharp.value + other * m, sharp.slope + other * y} : sharp;
  }
};

}  // namespace fallline::losses
