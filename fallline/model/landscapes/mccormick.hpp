// SPDX-License-Identifier: Apache-2.0
// McCormick: f = sin(x + y) + (x - y)^2 - 1.5 x + 2.5 y + 1. Outside the box it falls without end along x = y < 0, in steps.
#pragma once

#include <cmath>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct McCormick {
  static constexpr std::string_view name = "mccormick";
  static constexpr std::string_view cites = "McCormick 1976, Mathematical Programming 10";
  static constexpr std::string_view summary = "a wave on a parabolic valley; unbounded below outside its box";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = false;

  static constexpr auto fields() { return std::array<Field<McCormick>, 0>{}; }
  static constexpr Interval box(std::size_t i) { return i == 0 ? Interval{-1.5, 4} : Interval{-3, 4}; }
  static constexpr double start(std::size_t /*i*/) { return 3; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) {
    return {{{-0.54719755119659775, -1.5471975511965977}, -1.9132229549810364, true}};
  }

  template <class T>
  T at(const T& x, const T& y) const {
    using std::sin;
    return sin(x + y) + square(x - y) - 1.5 * x + 2.5 * y + 1.0;
  }
};

}  // namespace fallline::landscapes
