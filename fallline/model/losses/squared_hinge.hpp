// SPDX-License-Identifier: Apache-2.0
// Squared hinge: l(p, y) = max(0, 1 - m)^2, m = y p. Slope -2 y (1 - m) where m < 1, else 0.
#pragma once

#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

struct SquaredHinge {
  static constexpr std::string_view name = "squared_hinge";
  static constexpr std::string_view cites = "Chang, Hsieh & Lin 2008, JMLR 9";
  static constexpr std::string_view summary = "hinge squared: a smooth margin loss";
  static constexpr LossTask task = LossTask::binary;
  static constexpr bool smooth = true;
  static constexpr double curvature = 2;
  static constexpr double degree = 0;

  static constexpr auto fields() { return std::array<Field<SquaredHinge>, 0>{}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T gap = T(1) - y * p;
    const T short_of = gap > 0 ? gap : T(0);
    return {short_of * short_of, T(-2) * y * short_of};
  }
};

}  // namespace fallline::losses
