// SPDX-License-Identifier: Apache-2.0
// Easom: f = -cos x cos y exp(-(x - pi)^2 - (y - pi)^2), flat but for one hole.
#pragma once

#include <cmath>
#include <numbers>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Easom {
  static constexpr std::string_view name = "easom";
  static constexpr std::string_view cites = "Easom 1990, A survey of global optimization techniques";
  static constexpr std::string_view summary = "a single hole in a plain with no slope to follow";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Easom>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-10, 10}; }
  static constexpr double start(std::size_t /*i*/) { return 2; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, std::numbers::pi, -1); }

  template <class T>
  T at(const T& x, const T& y) const {
    using std::cos;
    using std::exp;
    return -(cos(x) * cos(y) * exp(-(square(x - std::numbers::pi) + square(y - std::numbers::pi))));
  }
};

}  // namespace fallline::landscapes
