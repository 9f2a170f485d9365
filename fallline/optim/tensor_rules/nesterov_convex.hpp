// SPDX-License-Identifier: Apache-2.0
// Nesterov's acceleration for convex functions, whose momentum grows by itself and starts anew where it leads uphill.
//   a_1 = 1;   a_(t+1) = (1 + sqrt(1 + 4 a_t^2))/2;   mu_t = (a_t - 1)/a_(t+1)
//   phi_t = theta - eta g;   theta <- phi_t + mu_t (phi_t - phi_(t-1));   a_t <- 1 first where <g, phi_t - phi_(t-1)> > 0
// Nesterov 1983; the restart is the gradient scheme of O'Donoghue & Candes 2015, section 3.2. theta is the look-ahead point, where
// gradients are taken; phi is what to evaluate. The product is a sum over all tensors.
#pragma once

#include <cmath>

#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct NesterovConvex {
  static constexpr std::string_view name = "nesterov_convex";
  static constexpr std::string_view also_called = "nesterov";
  static constexpr std::string_view cites = "Nesterov 1983; O'Donoghue & Candes 2015";
  static constexpr std::string_view summary = "Nesterov's momentum that grows by itself and starts anew where it leads uphill.";
  static constexpr std::size_t slots = 1;  // phi
  static constexpr std::size_t totals = 1;
  static constexpr std::size_t evaluation_slot = 0;
  static constexpr std::array scalar_starts{1.0};  // a
  static constexpr bool gradient_descent_like = true;
  static constexpr bool proximal = false;  // theta lies ahead of phi, which a proximal step would not reach

  double learning_rate = 0.01;
  bool restart = true;

  static constexpr auto fields() {
    return std::array{
        field<&NesterovConvex::learning_rate>("learning_rate", positive, "length of the step for a gradient of one; 1/L is safe"),
        flag<&NesterovConvex::restart>("restart", "forget the momentum where it leads uphill"),
    };
  }

  template <class T, class Tensor>
  void measure(Step step, const Tensor& tensor) const {
    const T eta = static_cast<T>(step.learning_rate);
    const auto phi = tensor.slots[0];
    for (std::size_t i = 0; i < tensor.theta.size(); ++i) {
      const T before = step.t == 1 ? tensor.theta[i] : phi[i];
      tensor.totals[0] +=
          static_cast<double>(tensor.gradient[i]) * static_cast<double>(tensor.theta[i] - eta * tensor.gradient[i] - before);
    }
  }

  template <class T, class Tensor>
  double apply(Step step, const Tensor& tensor) const {
    double& a = tensor.scalars[0];
    a = restart && tensor.totals[0] > 0 ? 1 : a;
    const double next = (1 + std::sqrt(1 + 4 * a * a)) / 2;
    const T mu = static_cast<T>((a - 1) / next);
    const T eta = static_cast<T>(step.learning_rate);
    const auto phi = tensor.slots[0];
    for (std::size_t i = 0; i < tensor.theta.size(); ++i) {
      const T theta = tensor.theta[i];
      const T before = step.t == 1 ? theta : phi[i];
      phi[i] = theta - eta * tensor.gradient[i];
      tensor.gradient[i] = theta - (phi[i] + mu * (phi[i] - before));
    }
    a = next;
    return step.learning_rate;
  }
};

}  // namespace fallline
