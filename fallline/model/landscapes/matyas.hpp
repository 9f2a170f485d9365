// SPDX-License-Identifier: Apache-2.0
// Matyas: f = 0.26 (x^2 + y^2) - 0.48 x y, a quadratic of condition 25 along the diagonal.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Matyas {
  static constexpr std::string_view name = "matyas";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "a gentle quadratic valley along the diagonal";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Matyas>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-10, 10}; }
  static constexpr double start(std::size_t i) { return i == 0 ? 8 : -6; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 0, 0); }

  template <class T>
  T at(const T& x, const T& y) const {
    return 0.26 * (square(x) + square(y)) - 0.48 * (x * y);
  }
};

}  // namespace fallline::landscapes
