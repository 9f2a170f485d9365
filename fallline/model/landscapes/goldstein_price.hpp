// SPDX-License-Identifier: Apache-2.0
// Goldstein-Price: f = (1 + (x + y + 1)^2 p) (30 + (2x - 3y)^2 q) with p = 19 - 14x + 3x^2 - 14y + 6xy + 3y^2 and
// q = 18 - 32x + 12x^2 + 48y - 36xy + 27y^2; values from 3 to a million in its box.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct GoldsteinPrice {
  static constexpr std::string_view name = "goldstein_price";
  static constexpr std::string_view cites = "Goldstein & Price 1971, Mathematics of Computation 25";
  static constexpr std::string_view summary = "values over six orders of magnitude, several local minima";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<GoldsteinPrice>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-2, 2}; }
  static constexpr double start(std::size_t i) { return i == 0 ? -0.5 : 0.5; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) { return {{{0, -1}, 3, true}}; }

  template <class T>
  T at(const T& x, const T& y) const {
    const T p = 19.0 - 14.0 * x + 3.0 * square(x) - 14.0 * y + 6.0 * (x * y) + 3.0 * square(y);
    const T q = 18.0 - 32.0 * x + 12.0 * square(x) + 48.0 * y - 36.0 * (x * y) + 27.0 * square(y);
    return (1.0 + square(x + y + 1.0) * p) * (30.0 + square(2.0 * x - 3.0 * y) * q);
  }
};

}  // namespace fallline::landscapes
