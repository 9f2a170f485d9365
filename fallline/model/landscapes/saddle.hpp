// SPDX-License-Identifier: Apache-2.0
// Saddle: f = x^2 - y^2, without end downhill along y.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Saddle {
  static constexpr std::string_view name = "saddle";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "the plain saddle, unbounded below; a start on y = 0 never leaves it";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = false;

  static constexpr auto fields() { return std::array<Field<Saddle>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-3, 3}; }
  static constexpr double start(std::size_t i) { return i == 0 ? 2 : 0; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) { return {}; }

  template <class T>
  T at(const T& x, const T& y) const {
    return square(x) - square(y);
  }
};

}  // namespace fallline::landscapes
