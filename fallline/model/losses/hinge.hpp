// SPDX-License-Identifier: Apache-2.0
// Hinge: l(p, y) = max(0, 1 - m), m = y p. Slope -y where m < 1, else 0.
#pragma once

#include "fallline/model/loss_concept.hpp"
#include "fallline/model/losses/softened.hpp"

namespace fallline::losses {

struct Hinge {
  static constexpr std::string_view name = "hinge";
  static constexpr std::string_view cites = "Cortes & Vapnik 1995, Machine Learning 20";
  static constexpr std::string_view summary = "two classes with the widest margin (linear SVM)";
  static constexpr LossTask task = LossTask::binary;
  static constexpr bool smooth = false;
  static constexpr double curvature = 0;
  static constexpr double degree = 0;

  static constexpr auto fields() { return std::array<Field<Hinge>, 0>{}; }

  SoftMargin softened(double width) const { return {width}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T gap = T(1) - y * p;
    return {gap > 0 ? gap : T(0), gap > 0 ? -y : T(0)};
  }
};

}  // namespace fallline::losses
