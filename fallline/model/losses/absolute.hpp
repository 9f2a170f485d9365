// SPDX-License-Identifier: Apache-2.0
// Absolute error: l(p, y) = |p - y|; its slope at 0 is taken as 0.
#pragma once

#include "fallline/model/loss_concept.hpp"
#include "fallline/model/losses/softened.hpp"

namespace fallline::losses {

struct Absolute {
  static constexpr std::string_view name = "absolute";
  static constexpr std::string_view cites = "Laplace 1774; Boscovich 1757";
  static constexpr std::string_view summary = "absolute error |p - y|, for the median";
  static constexpr LossTask task = LossTask::regression;
  static constexpr bool smooth = false;
  static constexpr double curvature = 0;
  static constexpr double degree = 1;

  static constexpr auto fields() { return std::array<Field<Absolute>, 0>{}; }

  SoftResidual softened(double width) const { return {-1, 1, width}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T r = p - y;
    return {r < 0 ? -r : r, r < 0 ? T(-1) : (r > 0 ? T(1) : T(0))};
  }
};

}  // namespace fallline::losses
