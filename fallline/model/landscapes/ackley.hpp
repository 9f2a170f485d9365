// SPDX-License-Identifier: Apache-2.0
// Ackley: f = -20 exp(-q/5) - exp(m) + 20 + e with q = sqrt(mean x_i^2), m = mean cos(2 pi x_i). A cone stands at 0: the gradient there is
// taken as 0, and of the Hessian the smooth part.
#pragma once

#include <cmath>
#include <numbers>

#include "fallline/model/landscape_concept.hpp"

namespace fallline::landscapes {

struct Ackley {
  static constexpr std::string_view name = "ackley";
  static constexpr std::string_view cites = "Ackley 1987, A Connectionist Machine for Genetic Hillclimbing";
  static constexpr std::string_view summary = "a dented plain around a sharp hole";
  static constexpr Dimensions dimensions = one_or_more;
  static constexpr bool smooth = false;
  static constexpr bool bounded_below = true;

  static constexpr auto fields() { return std::array<Field<Ackley>, 0>{}; }
  static constexpr Interval box(std::size_t /*i*/) { return {-5, 5}; }
  static constexpr double start(std::size_t i) { return i % 2 == 0 ? 3 : 2; }
  static std::vector<Minimum> minima(std::size_t dimension) { return minimum_at_all(dimension, 0, 0); }

  double value(std::span<const double> x) const {
    const auto [cone, waves, q] = parts(x);
    return height(cone, waves);
  }

  double value_and_gradient(std::span<const double> x, std::span<double> g) const {
    const auto n = static_cast<double>(x.size());
    const auto [cone, waves, q] = parts(x);
    const double pull = q > 0 ? cone / (5 * n * q) : 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      g[i] = pull * x[i] + waves * period / n * std::sin(period * x[i]);
    }
    return height(cone, waves);
  }

  void hessian(std::span<const double> x, Mat<double> h) const {
    const auto n = static_cast<double>(x.size());
    const auto [cone, waves, q] = parts(x);
    const double pull = q > 0 ? cone / (5 * n * q) : 0;
    const double bend = q > 0 ? -pull * (0.2 + 1 / q) / (n * q) : 0;  // change of the pull along x, over x
    const double k = period / n;
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j < x.size(); ++j) {
        h(i, j) = bend * (x[i] * x[j]) - waves * k * k * (std::sin(period * x[i]) * std::sin(period * x[j]));
      }
      h(i, i) += pull + waves * period * k * std::cos(period * x[i]);
    }
  }

 private:
  static constexpr double period = 2 * std::numbers::pi;

  struct Parts {
    double cone;   // 20 exp(-q/5)
    double waves;  // exp(m)
    double q;
  };
  static Parts parts(std::span<const double> x) {
    double squares = 0;
    double cosines = 0;
    for (const double coordinate : x) {
      squares += coordinate * coordinate;
      cosines += std::cos(period * coordinate);
    }
    const auto n = static_cast<double>(x.size());
    const double q = std::sqrt(squares / n);
    return {20 * std::exp(-q / 5), std::exp(cosines / n), q};
  }
  static double height(double cone, double waves) { return (20 - cone) + (std::numbers::e - waves); }
};

}  // namespace fallline::landscapes
