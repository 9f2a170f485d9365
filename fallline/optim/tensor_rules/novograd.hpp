// SPDX-License-Identifier: Apache-2.0
// NovoGrad: momentum on gradients that are divided, each tensor's by one number, the root of the mean square of its norm.
//   v = |g|^2 at t = 1, then v <- beta2 v + (1 - beta2) |g|^2;   x = g / (sqrt(v + epsilon_root) + epsilon) + weight_decay_inner theta
//   m = x at t = 1, then m <- beta1 m + x;   theta <- theta - eta m
// Ginsburg et al. 2019, Algorithm 1. v is one number a tensor and is kept in double.
#pragma once

#include <cmath>

#include "fallline/optim/detail/norms.hpp"
#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct NovoGrad {
  static constexpr std::string_view name = "novograd";
  static constexpr std::string_view cites = "Ginsburg et al. 2019";
  static constexpr std::string_view summary = "Momentum on gradients divided by the mean size of their tensor.";
  static constexpr std::size_t slots = 1;          // m
  static constexpr std::array scalar_starts{0.0};  // v
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.25;
  double epsilon = 1e-6;
  double epsilon_root = 0;
  double weight_decay_inner = 0;

  static constexpr auto fields() {
    return std::array{
        field<&NovoGrad::learning_rate>("learning_rate", positive, "length of the step of a tensor, before momentum"),
        field<&NovoGrad::beta1>("beta1", below_one, "share of the velocity kept each step"),
        field<&NovoGrad::beta2>("beta2", below_one, "share of the old mean square of the norm kept"),
        field<&NovoGrad::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&NovoGrad::epsilon_root>("epsilon_root", nonnegative, "added under the root"),
        field<&NovoGrad::weight_decay_inner>("weight_decay_inner", nonnegative, "weight decay inside the velocity, intercepts free"),
    };
  }

  static constexpr std::array presets{Preset{"optax", "epsilon=1e-6,epsilon_root=0"}};

  template <class T>
  double apply(Step step, const TensorUpdate<T, slots>& update) const {
    const double square = detail::square_norm<T>(update.gradient);
    double& v = update.scalars[0];
    v = step.t == 1 ? square : beta2 * v + (1 - beta2) * square;
    const double den = std::sqrt(v + epsilon_root) + epsilon;
    const T share = static_cast<T>(den > 0 ? 1 / den : 0);
    const T decay = static_cast<T>(update.info.penalised ? weight_decay_inner : 0);
    const T keep = static_cast<T>(step.t == 1 ? 0 : beta1);
    const T eta = static_cast<T>(step.learning_rate);
    const std::span<T> m = update.slots[0];
    for (std::size_t i = 0; i < m.size(); ++i) {
      m[i] = keep * m[i] + (update.gradient[i] * share + decay * update.theta[i]);
      update.gradient[i] = eta * m[i];
    }
    return den > 0 ? step.learning_rate / den / (1 - beta1) : 0;
  }
};

}  // namespace fallline
