// SPDX-License-Identifier: Apache-2.0
// AdaMax: Adam with the largest recent gradient instead of the root of the mean square.
//   m <- beta1 m + (1 - beta1) g;   u <- max(beta2 u, |g| + epsilon);   theta <- theta - eta / (1 - beta1^t) m / u
// Kingma & Ba 2014, section 7. eps_at=grad adds epsilon to |g| as above, denom adds it to u below the line.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct AdaMax {
  static constexpr std::string_view name = "adamax";
  static constexpr std::string_view cites = "Kingma & Ba 2014, section 7";
  static constexpr std::string_view summary = "Adam with the largest recent gradient below the line.";
  static constexpr std::size_t slots = 2;  // m, u
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  enum class EpsilonAt { grad, denom };

  double learning_rate = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  EpsilonAt eps_at = EpsilonAt::grad;

  static constexpr auto fields() {
    return std::array{
        field<&AdaMax::learning_rate>("learning_rate", positive, "about the longest step of a coordinate"),
        field<&AdaMax::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&AdaMax::beta2>("beta2", below_one, "share of the old maximum kept"),
        field<&AdaMax::epsilon>("epsilon", nonnegative, "keeps the denominator from zero"),
        choice<&AdaMax::eps_at>("eps_at", "grad|denom", "where epsilon is added: to |g|, or to the maximum"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.002,epsilon=1e-8,eps_at=grad"},
      Preset{"keras", "learning_rate=0.001,epsilon=1e-7,eps_at=denom"},
      Preset{"optax", "epsilon=1e-8,eps_at=grad"},
      Preset{"ensmallen", "learning_rate=0.001,epsilon=1e-8,eps_at=denom"},
  };

  double tail(std::int64_t /*t*/) const { return beta1 < beta2 ? beta1 / (beta2 - beta1) : infinity; }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m, T& u) const {
    m *= static_cast<T>(std::pow(beta1, steps));
    u = std::max(u * static_cast<T>(std::pow(beta2, steps)), static_cast<T>(eps_at == EpsilonAt::grad ? epsilon : 0));
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double c1 = 1 - std::pow(beta1, static_cast<double>(step.t));
    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T keep_u = static_cast<T>(beta2);
    const T eta = static_cast<T>(step.learning_rate);
    const T of_m = static_cast<T>(step.learning_rate / c1);
    const T to_g = static_cast<T>(eps_at == EpsilonAt::grad ? epsilon : 0);
    const T to_u = static_cast<T>(eps_at == EpsilonAt::denom ? epsilon : 0);
    return [=](T /*theta*/, T g, T& m, T& u) {
      m = keep_m * m + take_m * g;
      u = std::max(keep_u * u, std::abs(g) + to_g);
      const T den = u + to_u;
      const bool still = den == T(0);
      return Update<T>{still ? T(0) : of_m * m / den, still ? T(0) : eta / den};
    };
  }
};

}  // namespace fallline
