// SPDX-License-Identifier: Apache-2.0
// Styblinski-Tang: f = 1/2 sum x_i^4 - 16 x_i^2 + 5 x_i, two wells in each coordinate, one of them deeper.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct StyblinskiTang {
  static constexpr std::string_view name = "styblinski_tang";
  static constexpr std::string_view cites = "Styblinski & Tang 1990, Neural Networks 3";
  static constexpr std::string_view summary = "2^n wells, one of them the deepest";
  static constexpr Dimensions dimensions = one_or_more;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<StyblinskiTang>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-5, 5}; }
  static constexpr double start(std::size_t /*i*/) { return 0; }
  static std::vector<Minimum> minima(std::size_t dimension) {
    return minimum_at_all(dimension, -2.9035340277711771, -39.166165703771415 * static_cast<double>(dimension));
  }

  Term term(double x, std::size_t /*i*/, std::size_t /*n*/) const {
    const double x2 = x * x;
    return {(x2 * x2 - 16 * x2 + 5 * x) / 2, 2 * x2 * x - 16 * x + 2.5, 6 * x2 - 16};
  }
};

}  // namespace fallline::landscapes
