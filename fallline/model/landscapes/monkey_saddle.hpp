// SPDX-License-Identifier: Apache-2.0
// Monkey saddle: f = x^3 - 3 x y^2, three valleys down; gradient and Hessian both vanish at 0.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct MonkeySaddle {
  static constexpr std::string_view name = "monkey_saddle";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "a saddle with three valleys, flat to second order at 0, unbounded below";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = false;

  static constexpr auto fields() { return std::array<Field<MonkeySaddle>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-2, 2}; }
  static constexpr double start(std::size_t i) { return i == 0 ? 1 : 0.01; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) { return {}; }

  template <class T>
  T at(const T& x, const T& y) const {
    return x * square(x) - 3.0 * (x * square(y));
  }
};

}  // namespace fallline::landscapes
