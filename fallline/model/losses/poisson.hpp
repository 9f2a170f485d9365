// SPDX-License-Identifier: Apache-2.0
// Poisson deviance without its constant: l(p, y) = e^p - y p, where e^p is the predicted count.
#pragma once

#include "fallline/math/elementary.hpp"
#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

struct Poisson {
  static constexpr std::string_view name = "poisson";
  static constexpr std::string_view cites = "Nelder & Wedderburn 1972, generalized linear models";
  static constexpr std::string_view summary = "counts: e^p - y p, predicting e^p";
  static constexpr LossTask task = LossTask::counts;
  static constexpr bool smooth = true;
  static constexpr double curvature = 0;
  static constexpr double degree = 0;

  static constexpr auto fields() { return std::array<Field<Poisson>, 0>{}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T mean = fast_exp(p);
    return {mean - y * p, mean - y};
  }
};

}  // namespace fallline::losses
