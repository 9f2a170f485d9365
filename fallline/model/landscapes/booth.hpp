// SPDX-License-Identifier: Apache-2.0
// Booth: f = (x + 2y - 7)^2 + (2x + y - 5)^2, a quadratic of condition 9.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Booth {
  static constexpr std::string_view name = "booth";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "a mild quadratic off the origin";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Booth>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-10, 10}; }
  static constexpr double start(std::size_t /*i*/) { return -5; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) { return {{{1, 3}, 0, true}}; }

  template <class T>
  T at(const T& x, const T& y) const {
    return square(x + 2.0 * y - 7.0) + square(2.0 * x + y - 5.0);
  }
};

}  // namespace fallline::landscapes
