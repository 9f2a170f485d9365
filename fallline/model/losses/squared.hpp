// SPDX-License-Identifier: Apache-2.0
// Squared error: l(p, y) = (p - y)^2, without a half.
#pragma once

#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

struct Squared {
  static constexpr std::string_view name = "squared";
  static constexpr std::string_view cites = "Legendre 1805; Gauss 1809";
  static constexpr std::string_view summary = "squared error (p - y)^2, for the mean";
  static constexpr LossTask task = LossTask::regression;
  static constexpr bool smooth = true;
  static constexpr double curvature = 2;
  static constexpr double degree = 2;

  static constexpr auto fields() { return std::array<Field<Squared>, 0>{}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T r = p - y;
    return {r * r, T(2) * r};
  }
};

}  // namespace fallline::losses
