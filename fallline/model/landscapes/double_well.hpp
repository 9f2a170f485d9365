// SPDX-License-Identifier: Apache-2.0
// Double well: f = (x^2 - 1)^2 + 0.3 x + y^2/2, a deep well at the left and a shallow one at the right.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct DoubleWell {
  static constexpr std::string_view name = "double_well";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "two wells, the start lying in the shallow one";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<DoubleWell>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-2, 2}; }
  static constexpr double start(std::size_t i) { return i == 0 ? 1.5 : 1; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) {
    return {{{-1.0355787140888537, 0}, -0.30542848374391597, true}, {{0.96014955551910552, 0}, 0.29414648102826284, false}};
  }

  template <class T>
  T at(const T& x, const T& y) const {
    return square(square(x) - 1.0) + 0.3 * x + 0.5 * square(y);
  }
};

}  // namespace fallline::landscapes
