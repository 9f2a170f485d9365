// SPDX-License-Identifier: Apache-2.0
// Six-hump camel: f = (4 - 2.1 x^2 + x^4/3) x^2 + x y + (4 y^2 - 4) y^2, six minima, two of them global.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct SixHumpCamel {
  static constexpr std::string_view name = "six_hump_camel";
  static constexpr std::string_view cites = "Dixon & Szego 1978, Towards Global Optimisation 2";
  static constexpr std::string_view summary = "six minima, the two lowest opposite each other";
  static constexpr Dimensions dimensions = only_two;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<SixHumpCamel>, 0>{}; }
  static constexpr Interval box(std::size_t i) { return i == 0 ? Interval{-3, 3} : Interval{-2, 2}; }
  static constexpr double start(std::size_t i) { return i == 0 ? 2 : 1; }
  static std::vector<Minimum> minima(std::size_t /*dimension*/) {
    return {{{0.089842013100318062, -0.71265640302073963}, -1.0316284534898774, true},
            {{-0.089842013100318062, 0.71265640302073963}, -1.0316284534898774, true}};
  }

  template <class T>
  T at(const T& x, const T& y) const {
    const T x2 = square(x);
    const T y2 = square(y);
    return (4.0 - 2.1 * x2 + (1.0 / 3) * square(x2)) * x2 + x * y + (4.0 * y2 - 4.0) * y2;
  }
};

}  // namespace fallline::landscapes
