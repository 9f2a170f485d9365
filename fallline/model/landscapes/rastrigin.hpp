// SPDX-License-Identifier: Apache-2.0
// Rastrigin: f = A n + sum x_i^2 - A cos(2 pi x_i), A = amplitude: a bowl with a dent at every whole point.
#pragma once

#include <cmath>
#include <numbers>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Rastrigin {
  static constexpr std::string_view name = "rastrigin";
  static constexpr std::string_view cites = "Rastrigin 1974, Systems of Extremal Control";
  static constexpr std::string_view summary = "a bowl full of regular dents";
  static constexpr Dimensions dimensions = one_or_more;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;
  double amplitude = 10;

  static constexpr auto fields() { return std::array{field<&Rastrigin::amplitude>("amplitude", nonnegative, "depth of the dents")}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-5.12, 5.12}; }
  static constexpr double start(std::size_t i) { return i % 2 == 0 ? 3.3 : 2.2; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 0, 0); }

  Term term(double x, std::size_t /*i*/, std::size_t /*n*/) const {
    constexpr double w = 2 * std::numbers::pi;
    const double c = std::cos(w * x);
    return {x * x + amplitude * (1 - c), 2 * x + amplitude * w * std::sin(w * x), 2 + amplitude * w * w * c};
  }
};

}  // namespace fallline::landscapes
