// SPDX-License-Identifier: Apache-2.0
// LARS: each tensor's rate is in proportion to its own norm over that of its gradient, so that no layer is left behind or blown up.
//   tau = trust |theta| / (|g| + epsilon), 1 where either norm is 0;   x = eta tau g;   m <- mu m + x;   theta <- theta - m
// nesterov subtracts x + mu m. You, Gitman & Ginsburg 2017, Algorithm 1; weight decay enters as the coupled penalty of the chain, so g
// holds it already. The rate is inside the buffer.
#pragma once

#include "fallline/optim/detail/norms.hpp"
#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct Lars {
  static constexpr std::string_view name = "lars";
  static constexpr std::string_view cites = "You, Gitman & Ginsburg 2017";
  static constexpr std::string_view summary =
      "Momentum whose rate is, for each tensor, in proportion to its norm over that of its gradient.";
  static constexpr std::size_t slots = 1;  // m
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // the trust ratio moves with the shrinking norm

  double learning_rate = 1;
  double momentum = 0.9;
  bool nesterov = false;
  double trust = 1e-3;
  double epsilon = 0;

  static constexpr auto fields() {
    return std::array{
        field<&Lars::learning_rate>("learning_rate", positive, "factor on the trusted step"),
        field<&Lars::momentum>("momentum", below_one, "share of the velocity kept each step"),
        flag<&Lars::nesterov>("nesterov", "look ahead along the velocity"),
        field<&Lars::trust>("trust", positive, "length of the step as a share of the tensor's norm"),
        field<&Lars::epsilon>("epsilon", nonnegative, "added to the gradient's norm"),
    };
  }

  template <class T>
  double apply(Step step, const TensorUpdate<T, slots>& update) const {
    const double weights = detail::norm<T>(update.theta);
    const double pull = detail::norm<T>(update.gradient);
    const double ratio = weights > 0 && pull > 0 ? trust * weights / (pull + epsilon) : 1;
    const T rate = static_cast<T>(step.learning_rate * ratio);
    const T mu = static_cast<T>(momentum);
    const std::span<T> velocity = update.slots[0];
    for (std::size_t i = 0; i < velocity.size(); ++i) {
      const T x = rate * update.gradient[i];
      velocity[i] = mu * velocity[i] + x;
      update.gradient[i] = nesterov ? x + mu * velocity[i] : velocity[i];
    }
    return step.learning_rate * ratio / (1 - momentum);
  }
};

}  // namespace fallline
