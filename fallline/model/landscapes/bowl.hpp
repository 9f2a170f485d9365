// SPDX-License-Identifier: Apache-2.0
// Bowl: f = 1/2 sum k_i x_i^2, the curvatures k_i going from 1 to `condition` in equal ratios; in one dimension it is `condition`.
#pragma once

#include <cmath>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Bowl {
  static constexpr std::string_view name = "bowl";
  static constexpr std::string_view cites = "";
  static constexpr std::string_view summary = "a quadratic whose longest axis is sqrt(condition) times its shortest";
  static constexpr Dimensions dimensions = one_or_more;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;
  double condition = 100;

  static constexpr auto fields() {
    return std::array{field<&Bowl::condition>("condition", Range{1, 1e12}, "largest curvature over smallest")};
  }
  static constexpr Interval box(std::size_t /*i*/) { return {-5, 5}; }
  static constexpr double start(std::size_t /*i*/) { return 4; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 0, 0); }

  Term term(double x, std::size_t i, std::size_t n) const {
    const double share = n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 1;
    const double k = std::pow(condition, share);
    return {k * x * x / 2, k * x, k};
  }
};

}  // namespace fallline::landscapes
