// SPDX-License-Identifier: Apache-2.0
// Ravine: f = 50 (x - y)^2 + (x + y)^2 / 2, condition 100 and turned by 45 degrees: no axis is aligned.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Ravine {
  static constexpr std::string_view name = "ravine";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "a narrow quadratic valley along the diagonal";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Ravine>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-4, 4}; }
  static constexpr double start(std::size_t i) { return i == 0 ? -3 : 2; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 0, 0); }

  template <class T>
  T at(const T& x, const T& y) const {
    return 50.0 * square(x - y) + 0.5 * square(x + y);
  }
};

}  // namespace fallline::landscapes
