// SPDX-License-Identifier: Apache-2.0
// Gradient descent: a step against the gradient, as long as the rate says.
//   theta <- theta - eta g
// Cauchy 1847; with the gradient of a sample, Robbins & Monro 1951.
#pragma once

#include "fallline/optim/rule.hpp"

namespace fallline {

struct Sgd {
  static constexpr std::string_view name = "sgd";
  static constexpr std::string_view cites = "Cauchy 1847; Robbins & Monro 1951";
  static constexpr std::string_view summary = "A step against the gradient, as long as the learning rate says.";
  static constexpr std::size_t slots = 0;
  static constexpr bool gradient_descent_like = true;
  static constexpr std::size_t linear_slots = 0;
  static constexpr bool steady_metric = true;
  static constexpr bool proximal = true;

  double learning_rate = 0.01;

  static constexpr auto fields() {
    return std::array{field<&Sgd::learning_rate>("learning_rate", positive, "length of the step for a gradient of one")};
  }

  static constexpr std::array presets{Preset{"torch", "learning_rate=0.001"}, Preset{"keras", "learning_rate=0.01"}, Preset{"optax", ""},
                                      Preset{"ensmallen", "learning_rate=0.01"}};

  double tail(std::int64_t /*t*/) const { return 0; }
  template <class T>
  void fade(std::int64_t /*t*/, double /*steps*/) const {}

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const T eta = static_cast<T>(step.learning_rate);
    return [eta](T /*theta*/, T g) { return Update<T>{eta * g, eta}; };
  }
};

}  // namespace fallline
