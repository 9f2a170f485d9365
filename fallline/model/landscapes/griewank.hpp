// SPDX-License-Identifier: Apache-2.0
// Griewank: f = 1 + sum x_i^2 / 4000 - prod cos(x_i / sqrt i), i from 1. A product that leaves factors out is built from what stands before
// and behind them, never by division: cosines may be 0.
#pragma once

#include <cmath>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Griewank {
  static constexpr std::string_view name = "griewank";
  static constexpr std::string_view cites = "Griewank 1981, Journal of Optimization Theory and Applications 34";
  static constexpr std::string_view summary = "a wide bowl covered by a product of waves";
  static constexpr Dimensions dimensions = one_or_more;
  static constexpr bool smooth = true;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Griewank>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-10, 10}; }
  static constexpr double start(std::size_t i) { return i % 2 == 0 ? 6 : 5; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 0, 0); }

  double value(std::span<const double> x) const {
    double squares = 0;
    double product = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
      squares += x[i] * x[i];
      product *= std::cos(x[i] / root(i));
    }
    return squares / 4000 + (1 - product);
  }

  double value_and_gradient(std::span<const double> x, std::span<double> g) const {
    double squares = 0;
    double before = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
      g[i] = before;
      squares += x[i] * x[i];
      before *= std::cos(x[i] / root(i));
    }
    double behind = 1;
    for (std::size_t i = x.size(); i-- > 0;) {
      const double angle = x[i] / root(i);
      g[i] = x[i] / 2000 + g[i] * behind * std::sin(angle) / root(i);
      behind *= std::cos(angle);
    }
    return squares / 4000 + (1 - before);
  }

  void hessian(std::span<const double> x, Mat<double> h) const {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double own = std::sin(x[i] / root(i)) / root(i);
      others(x, i, h.row(i));
      h(i, i) = 1.0 / 2000 + h(i, i) * std::cos(x[i] / root(i)) / static_cast<double>(i + 1);
      for (std::size_t j = i + 1; j < x.size(); ++j) {
        h(i, j) *= -own * std::sin(x[j] / root(j)) / root(j);
      }
      for (std::size_t j = 0; j < i; ++j) {
        h(i, j) = h(j, i);
      }
    }
  }

 private:
  static double root(std::size_t i) { return std::sqrt(static_cast<double>(i + 1)); }

  /// row[j]: the product of all cosines but those of i and j.
  static void others(std::span<const double> x, std::size_t i, std::span<double> row) {
    double before = 1;
    for (std::size_t j = 0; j < x.size(); ++j) {
      row[j] = before;
      before *= j == i ? 1 : std::cos(x[j] / root(j));
    }
    double behind = 1;
    for (std::size_t j = x.size(); j-- > 0;) {
      row[j] *= behind;
      behind *= j == i ? 1 : std::cos(x[j] / root(j));
    }
  }
};

}  // namespace fallline::landscapes
