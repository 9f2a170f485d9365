// SPDX-License-Identifier: Apache-2.0
// Perceptron: l(p, y) = max(0, -m), m = y p; a row on the border (m = 0) counts as wrong, so that a start at zero can leave it.
#pragma once

#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

struct Perceptron {
  static constexpr std::string_view name = "perceptron";
  static constexpr std::string_view cites = "Rosenblatt 1958, Psychological Review 65";
  static constexpr std::string_view summary = "errors only: the classic perceptron";
  static constexpr LossTask task = LossTask::binary;
  static constexpr bool smooth = false;
  static constexpr double curvature = 0;
  static constexpr double degree = 0;

  static constexpr auto fields() { return std::array<Field<Perceptron>, 0>{}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T m = y * p;
    return {m < 0 ? -m : T(0), m > 0 ? T(0) : -y};
  }
};

}  // namespace fallline::losses
