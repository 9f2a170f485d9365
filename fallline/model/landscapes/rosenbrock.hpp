// SPDX-License-Identifier: Apache-2.0
// Rosenbrock: f = sum_{i<n} b (x_{i+1} - x_i^2)^2 + (1 - x_i)^2, a curved valley whose floor hardly falls.
#pragma once

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Rosenbrock {
  static constexpr std::string_view name = "rosenbrock";
  static constexpr std::string_view cites = "Rosenbrock 1960, The Computer Journal 3";
  static constexpr std::string_view summary = "a long curved valley with a nearly flat floor";
  static constexpr Dimensions dimensions = two_or_more;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;
  double b = 100;

  static constexpr auto fields() { return std::array{field<&Rosenbrock::b>("b", positive, "steepness of the walls")}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-2, 2}; }
  static constexpr double start(std::size_t i) { return i % 2 == 0 ? -1.2 : 1; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 1, 0); }

  double value(std::span<const double> x) const {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      const double r = x[i + 1] - x[i] * x[i];
      sum += b * r * r + (1 - x[i]) * (1 - x[i]);
    }
    return sum;
  }

  double value_and_gradient(std::span<const double> x, std::span<double> g) const {
    double sum = 0;
    g[0] = 0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      const double r = x[i + 1] - x[i] * x[i];
      sum += b * r * r + (1 - x[i]) * (1 - x[i]);
      g[i] -= 4 * b * r * x[i] + 2 * (1 - x[i]);
      g[i + 1] = 2 * b * r;
    }
    return sum;
  }

  /// h: all zeros on entry.
  void hessian(std::span<const double> x, Mat<double> h) const {
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      h(i, i) += b * (12 * x[i] * x[i] - 4 * x[i + 1]) + 2;
      h(i, i + 1) = -4 * b * x[i];
      h(i + 1, i) = h(i, i + 1);
      h(i + 1, i + 1) = 2 * b;
    }
  }
};

}  // namespace fallline::landscapes
