// SPDX-License-Identifier: Apache-2.0
// Beale: f = (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2, flat between sharp walls.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Beale {
  static constexpr std::string_view name = "beale";
  static constexpr std::string_view cites = "Beale 1958, On an iterative method for finding a local minimum";
  static constexpr std::string_view summary = "flat valley between steep corners";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Beale>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-4.5, 4.5}; }
  static constexpr double start(std::size_t /*i*/) { return 1; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) { return {{{3, 0.5}, 0, true}}; }

  template <class T>
  T at(const T& x, const T& y) const {
    const T y2 = square(y);
    return square(1.5 - x + x * y) + square(2.25 - x + x * y2) + square(2.625 - x + x * (y2 * y));
  }
};

}  // namespace fallline::landscapes
