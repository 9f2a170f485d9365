// SPDX-License-Identifier: Apache-2.0
// Himmelblau: f = (x^2 + y - 11)^2 + (x + y^2 - 7)^2, four minima of equal depth.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Himmelblau {
  static constexpr std::string_view name = "himmelblau";
  static constexpr std::string_view cites = "Himmelblau 1972, Applied Nonlinear Programming";
  static constexpr std::string_view summary = "four equal minima around a hill";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Himmelblau>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-6, 6}; }
  static constexpr double start(std::size_t /*i*/) { return 0; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) {
    return {{{3, 2}, 0, true},
            {{-2.8051180869527449, 3.1313125182505730}, 0, true},
            {{-3.7793102533777469, -3.2831859912861694}, 0, true},
            {{3.5844283403304917, -1.8481265269644036}, 0, true}};
  }

  template <class T>
  T at(const T& x, const T& y) const {
    return square(square(x) + y - 11.0) + square(x + square(y) - 7.0);
  }
};

}  // namespace fallline::landscapes
