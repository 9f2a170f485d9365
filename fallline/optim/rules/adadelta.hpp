// SPDX-License-Identifier: Apache-2.0
// AdaDelta: the step has the units of the parameter, by the ratio of the running size of past steps to that of past gradients.
//   G <- rho G + (1 - rho) g^2;   d = sqrt(D + epsilon) / sqrt(G + epsilon) g;   D <- rho D + (1 - rho) d^2;   theta <- theta - eta d
// Zeiler 2012. D does not contain eta. The paper has no eta (1 here) and rho = 0.95 in its experiments.
#pragma once

#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct AdaDelta {
  static constexpr std::string_view name = "adadelta";
  static constexpr std::string_view cites = "Zeiler 2012";
  static constexpr std::string_view summary = "Scales each step by the ratio of past steps to past gradients; needs no rate of its own.";
  static constexpr std::size_t slots = 2;  // G, D
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  double learning_rate = 1;
  double rho = 0.9;
  double epsilon = 1e-6;

  static constexpr auto fields() {
    return std::array{
        field<&AdaDelta::learning_rate>("learning_rate", positive, "factor on the rule's own step; the paper has 1"),
        field<&AdaDelta::rho>("rho", below_one, "share of the old averages kept"),
        field<&AdaDelta::epsilon>("epsilon", nonnegative, "added under both roots; sets the size of the first steps"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=1,rho=0.9,epsilon=1e-6"},
      Preset{"keras", "learning_rate=0.001,rho=0.95,epsilon=1e-7"},
      Preset{"optax", "learning_rate=1,rho=0.9,epsilon=1e-6"},
      Preset{"ensmallen", "learning_rate=1,rho=0.95,epsilon=1e-6"},
  };

  double tail(std::int64_t /*t*/) const { return 0; }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& gradients, T& squares) const {
    const T left = static_cast<T>(std::pow(rho, steps));
    gradients *= left;
    squares *= left;
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const T eta = static_cast<T>(step.learning_rate);
    const T keep = static_cast<T>(rho);
    const T take = static_cast<T>(1 - rho);
    const T inside = static_cast<T>(epsilon);
    return [eta, keep, take, inside](T /*theta*/, T g, T& gradients, T& steps) {
      gradients = keep * gradients + take * g * g;
      const T den = std::sqrt(gradients + inside);
      const T ratio = den == T(0) ? T(0) : std::sqrt(steps + inside) / den;
      const T d = ratio * g;
      steps = keep * steps + take * d * d;
      return Update<T>{eta * d, eta * ratio};
    };
  }
};

}  // namespace fallline
