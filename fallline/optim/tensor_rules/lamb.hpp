// SPDX-License-Identifier: Apache-2.0
// LAMB: Adam whose step has, for each tensor, a length in proportion to the tensor's own norm, so that large batches can take large rates.
//   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) g^2;   u = (m/c1) / (sqrt(v/c2) + epsilon) + lambda theta
//   theta <- theta - eta |theta|/|u| u,   the ratio being 1 where either norm is 0
// You et al. 2019, Algorithm 2. decay_in_ratio=false leaves weight decay to the chain, before the step, as Keras does.
#pragma once

#include <cmath>

#include "fallline/optim/detail/norms.hpp"
#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct Lamb {
  static constexpr std::string_view name = "lamb";
  static constexpr std::string_view cites = "You et al. 2019";
  static constexpr std::string_view summary = "Adam whose step is, for each tensor, in proportion to the tensor's own norm.";
  static constexpr std::size_t slots = 2;  // m, v
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // the ratio moves with the shrinking norm

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-6;
  bool decay_in_ratio = true;

  static constexpr auto fields() {
    return std::array{
        field<&Lamb::learning_rate>("learning_rate", positive, "length of the step as a share of the tensor's norm"),
        field<&Lamb::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&Lamb::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&Lamb::epsilon>("epsilon", nonnegative, "added to the root"),
        flag<&Lamb::decay_in_ratio>("decay_in_ratio", "weight decay is part of the step whose length is set"),
    };
  }

  static constexpr std::array presets{
      Preset{"keras", "learning_rate=0.001,epsilon=1e-7,decay_in_ratio=false"},
      Preset{"optax", "epsilon=1e-6,decay_in_ratio=true"},
  };

  bool decays_itself() const { return decay_in_ratio; }

  template <class T>
  double apply(Step step, const TensorUpdate<T, slots>& update) const {
    direct(step, update);
    const double weights = detail::norm<T>(update.theta);
    const double length = detail::norm<T>(update.gradient);
    const double rate = step.learning_rate * (weights > 0 && length > 0 ? weights / length : 1);
    for (T& u : update.gradient) {
      u *= static_cast<T>(rate);
    }
    return rate;
  }

 private:
  /// Puts u where the gradient was.
  template <class T>
  void direct(Step step, const TensorUpdate<T, slots>& update) const {
    const double t = static_cast<double>(step.t);
    const T of_m = static_cast<T>(1 / (1 - std::pow(beta1, t)));
    const T scale = static_cast<T>(1 / (1 - std::pow(beta2, t)));
    const T decay = static_cast<T>(step.weight_decay);
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      T& g = update.gradient[i];
      T& m = update.slots[0][i];
      T& v = update.slots[1][i];
      m = static_cast<T>(beta1) * m + static_cast<T>(1 - beta1) * g;
      v = static_cast<T>(beta2) * v + static_cast<T>(1 - beta2) * g * g;
      const T den = std::sqrt(scale * v) + static_cast<T>(epsilon);
      g = (den == T(0) ? T(0) : of_m * m / den) + decay * update.theta[i];
    }
  }
};

}  // namespace fallline
