// SPDX-License-Identifier: Apache-2.0
// Bounded saddle: f = x^2 - y^2 + y^4/4, a saddle at 0 between two minima at (0, +-sqrt 2).
#pragma once

#include <numbers>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct SaddleBounded {
  static constexpr std::string_view name = "saddle_bounded";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "a saddle between two minima";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<SaddleBounded>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-3, 3}; }
  static constexpr double start(std::size_t i) { return i == 0 ? 2 : 0; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) {
    return {{{0, std::numbers::sqrt2}, -1, true}, {{0, -std::numbers::sqrt2}, -1, true}};
  }

  template <class T>
  T at(const T& x, const T& y) const {
    return square(x) - square(y) + 0.25 * square(square(y));
  }
};

}  // namespace fallline::landscapes
