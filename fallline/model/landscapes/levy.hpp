// SPDX-License-Identifier: Apache-2.0
// Levy: with w = 1 + (x - 1)/4, f = sin^2(pi w_1) + sum_{i<n} (w_i - 1)^2 (1 + 10 sin^2(pi w_i + 1)) + (w_n - 1)^2 (1 + sin^2(2 pi w_n)).
// A sum over coordinates, for every sine stands with its own (w_i - 1)^2.
#pragma once

#include <cmath>
#include <numbers>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Levy {
  static constexpr std::string_view name = "levy";
  static constexpr std::string_view cites = "Levy & Montalvo 1985, SIAM Journal on Scientific and Statistical Computing 6";
  static constexpr std::string_view summary = "a bowl crossed by waves";
  static constexpr Dimensions dimensions = one_or_more;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Levy>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-10, 10}; }
  static constexpr double start(std::size_t i) { return i % 2 == 0 ? -6 : 7; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 1, 0); }

  Term term(double x, std::size_t i, std::size_t n) const {
    const double u = (x - 1) / 4;  // w - 1
    Term sum = i + 1 < n ? wave(u, std::numbers::pi, 1, 10) : wave(u, 2 * std::numbers::pi, 0, 1);
    if (i == 0) {
      const double s = std::sin(std::numbers::pi * u);
      sum.value += s * s;  // sin^2 has period pi: w - 1 serves as w
      sum.slope += std::numbers::pi * std::sin(2 * std::numbers::pi * u);
      sum.curvature += 2 * std::numbers::pi * std::numbers::pi * std::cos(2 * std::numbers::pi * u);
    }
    return {sum.value, sum.slope / 4, sum.curvature / 16};
  }

 private:
  /// u^2 (1 + a sin^2(k (u + 1) + shift)), derivatives with respect to u; k is a multiple of pi.
  static Term wave(double u, double k, double shift, double a) {
    const double phase = k * u + shift;
    const double s = std::sin(phase);
    const double s2 = a * k * std::sin(2 * phase);  // d/du of a sin^2
    const double height = 1 + a * s * s;
    return {u * u * height, 2 * u * height + u * u * s2, 2 * height + 4 * u * s2 + u * u * 2 * a * k * k * std::cos(2 * phase)};
  }
};

}  // namespace fallline::landscapes
