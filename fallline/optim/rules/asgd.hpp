// SPDX-License-Identifier: Apache-2.0
// ASGD: plain descent with a slowly falling rate, and beside it the average of the parameters from some step on, which is far steadier.
//   eta_t = eta / (1 + lambd eta (t - 1))^alpha;   theta <- theta (1 - lambd eta_t) - eta_t g
//   a <- a + mu (theta - a),   mu = 1/max(1, t - 1 - t0)
// Polyak & Juditsky 1992; the rate of Xu 2011. The average is what to evaluate. A scheduled rate stands for eta.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct Asgd {
  static constexpr std::string_view name = "asgd";
  static constexpr std::string_view cites = "Polyak & Juditsky 1992";
  static constexpr std::string_view summary = "Plain descent with a falling rate, evaluated at the average of its later parameters.";
  static constexpr std::size_t slots = 1;  // a
  static constexpr std::size_t evaluation_slot = 0;
  static constexpr bool gradient_descent_like = true;
  static constexpr std::size_t linear_slots = 1;
  static constexpr bool proximal = false;               // the shrinking by lambd moves the minimum
  static constexpr bool moves_without_gradient = true;  // lambd shrinks

  double learning_rate = 0.01;
  double lambd = 1e-4;
  double alpha = 0.75;
  double t0 = 1e6;

  static constexpr auto fields() {
    return std::array{
        field<&Asgd::learning_rate>("learning_rate", positive, "length of the first step for a gradient of one"),
        field<&Asgd::lambd>("lambd", nonnegative, "shrinks the parameters each step, and sets the pace at which the rate falls"),
        field<&Asgd::alpha>("alpha", nonnegative, "power with which the rate falls"),
        field<&Asgd::t0>("t0", nonnegative, "steps before the average begins"),
    };
  }

  static constexpr std::array presets{Preset{"torch", "learning_rate=0.01"}};

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double done = static_cast<double>(step.t - 1);
    const double rate = step.learning_rate / std::pow(1 + lambd * step.learning_rate * done, alpha);
    const double share = 1 / std::max(1.0, done - t0);
    const bool whole = share == 1;
    const T eta = static_cast<T>(rate);
    const T shrink = static_cast<T>(lambd * rate);
    const T mu = static_cast<T>(share);
    return [=](T theta, T g, T& a) {
      const T delta = shrink * theta + eta * g;
      const T next = theta - delta;
      a = whole ? next : a + mu * (next - a);
      return Update<T>{delta, eta};
    };
  }
};

}  // namespace fallline
