// SPDX-License-Identifier: Apache-2.0
// Plateau: f = 1 - exp(-r^2/2) + r^2/1000 with r^2 = x^2 + y^2, a hole in an almost flat plain.
#pragma once

#include <cmath>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Plateau {
  static constexpr std::string_view name = "plateau";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "a narrow hole in a plain that slopes by a thousandth";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Plateau>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-6, 6}; }
  static constexpr double start(std::size_t i) { return i == 0 ? 5 : 4; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 0, 0); }

  template <class T>
  T at(const T& x, const T& y) const {
    using std::exp;
    const T r2 = square(x) + square(y);
    return 1.0 - exp(-0.5 * r2) + 1e-3 * r2;
  }
};

}  // namespace fallline::landscapes
