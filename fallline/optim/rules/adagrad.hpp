// SPDX-License-Identifier: Apache-2.0
// AdaGrad: each coordinate's rate falls with the sum of its squared gradients, so rare features keep long steps.
//   G <- G + g^2;   theta <- theta - eta_t g / (sqrt(G + epsilon_root) + epsilon),   eta_t = eta / (1 + (t - 1) lr_decay)
// Duchi, Hazan & Singer 2011. Where g has always been zero the step is zero, also without any epsilon.
#pragma once

#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct AdaGrad {
  static constexpr std::string_view name = "adagrad";
  static constexpr std::string_view cites = "Duchi, Hazan & Singer 2011";
  static constexpr std::string_view summary = "Divides each coordinate's rate by the root of the sum of its squared gradients.";
  static constexpr std::size_t slots = 1;  // G
  static constexpr bool gradient_descent_like = false;
  static constexpr bool steady_metric = true;
  static constexpr bool proximal = true;

  double learning_rate = 0.01;
  double epsilon = 1e-10;
  double epsilon_root = 0;
  double init_acc = 0;
  double lr_decay = 0;

  static constexpr auto fields() {
    return std::array{
        field<&AdaGrad::learning_rate>("learning_rate", positive, "length of a coordinate's first step"),
        field<&AdaGrad::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&AdaGrad::epsilon_root>("epsilon_root", nonnegative, "added under the root"),
        field<&AdaGrad::init_acc>("init_acc", nonnegative, "start of the sum of squares"),
        field<&AdaGrad::lr_decay>("lr_decay", nonnegative, "the rate is divided by 1 + (t - 1) lr_decay"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.01,epsilon=1e-10,epsilon_root=0,init_acc=0"},
      Preset{"keras", "learning_rate=0.001,epsilon=0,epsilon_root=1e-7,init_acc=0.1"},
      Preset{"optax", "epsilon=0,epsilon_root=1e-7,init_acc=0.1"},
      Preset{"ensmallen", "learning_rate=0.01,epsilon=1e-8,epsilon_root=0,init_acc=0"},
  };

  double slot_start(std::size_t /*slot*/) const { return init_acc; }

  double tail(std::int64_t /*t*/) const { return 0; }
  template <class T>
  void fade(std::int64_t /*t*/, double /*steps*/, T& /*sum*/) const {}

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const T eta = static_cast<T>(step.learning_rate / (1 + static_cast<double>(step.t - 1) * lr_decay));
    const T outside = static_cast<T>(epsilon);
    const T inside = static_cast<T>(epsilon_root);
    return [eta, outside, inside](T /*theta*/, T g, T& sum) {
      sum = sum + g * g;
      const T den = std::sqrt(sum + inside) + outside;
      const T rate = den == T(0) ? T(0) : eta / den;
      return Update<T>{rate * g, rate};
    };
  }
};

}  // namespace fallline
