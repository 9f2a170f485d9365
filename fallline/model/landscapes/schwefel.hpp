// SPDX-License-Identifier: Apache-2.0
// Schwefel: f = 418.98... n - sum x_i sin sqrt|x_i|, its lowest point far from the next best. The slope at x_i = 0 is 0, its limit; the
// curvature grows without bound there and is taken as 0. Outside the box it falls without end.
#pragma once

#include <cmath>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Schwefel {
  static constexpr std::string_view name = "schwefel";
  static constexpr std::string_view cites = "Schwefel 1981, Numerical Optimization of Computer Models";
  static constexpr std::string_view summary = "many deep wells, the deepest in a corner; unbounded below outside its box";
  static constexpr Dimensions dimensions = one_or_more;
  static constexpr bool smooth = false;
  static constexpr bool bounded_below = false;

  static constexpr auto fields() { return std::array<Field<Schwefel>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-500, 500}; }
  static constexpr double start(std::size_t /*i*/) { return 300; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 420.96874635998203, 0); }

  Term term(double x, std::size_t /*i*/, std::size_t /*n*/) const {
    const double r = std::sqrt(std::abs(x));
    const double s = std::sin(r);
    const double c = std::cos(r);
    const double bend = (r * s - 3 * c) / (4 * r);  // the slope is even in x, so this is odd
    const double curvature = x == 0 ? 0 : (x > 0 ? bend : -bend);
    return {418.9828872724339 - x * s, -(s + r * c / 2), curvature};
  }
};

}  // namespace fallline::landscapes
