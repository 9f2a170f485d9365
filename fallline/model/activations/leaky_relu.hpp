// SPDX-License-Identifier: Apache-2.0
// Leaky rectified linear unit: x above 0, slope x at 0 and below.
#pragma once

#include "fallline/math/dual.hpp"
#include "fallline/model/activation_concept.hpp"

namespace fallline::activations {

struct LeakyRelu {
  static constexpr std::string_view name = "leaky_relu";
  static constexpr std::string_view cites = "Maas, Hannun & Ng 2013";
  static constexpr std::string_view summary = "x above 0, slope x below";
  static constexpr Init init = Init::he;

  double slope = 0.01;

  static constexpr auto fields() { return std::array{field<&LeakyRelu::slope>("slope", nonnegative, "slope below 0")}; }

  template <class T>
  ActivationAt<T> at(T x) const {
    const T s = T(slope);
    return {x > T(0) ? x : s * x, x > T(0) ? T(1) : s};
  }
};

}  // namespace fallline::activations
