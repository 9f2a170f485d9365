// SPDX-License-Identifier: Apache-2.0
// signSGD: every coordinate steps by the rate, whatever the size of its gradient; with beta > 0 by the sign of the mean (Signum).
//   m <- beta m + (1 - beta) g;   theta <- theta - eta sign(m),   sign(0) = 0
// Bernstein et al. 2018, Algorithms 1 and 2.
#pragma once

#include "fallline/optim/rule.hpp"

namespace fallline {

struct SignSgd {
  static constexpr std::string_view name = "signsgd";
  static constexpr std::string_view cites = "Bernstein et al. 2018";
  static constexpr std::string_view summary = "Every coordinate steps by the learning rate against the sign of its gradient.";
  static constexpr std::size_t slots = 1;  // m
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;

  double learning_rate = 1e-3;
  double beta = 0;

  static constexpr auto fields() {
    return std::array{
        field<&SignSgd::learning_rate>("learning_rate", positive, "length of each coordinate's step"),
        field<&SignSgd::beta>("beta", below_one, "share of the old mean gradient kept; 0 is the gradient itself"),
    };
  }

  static constexpr std::array variants{Variant{
      "signum", "Bernstein et al. 2018", "Every coordinate steps by the learning rate against the sign of its mean gradient.", "beta=0.9"}};

  bool uses_slot(std::size_t /*slot*/) const { return beta > 0; }

  double tail(std::int64_t /*t*/) const { return beta > 0 ? infinity : 0; }
  template <class T>
  void fade(std::int64_t /*t*/, double /*steps*/, T& /*m*/) const {}

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const T eta = static_cast<T>(step.learning_rate);
    const T keep = static_cast<T>(beta);
    const T take = static_cast<T>(1 - beta);
    return [=](T /*theta*/, T g, T& m) {
      m = keep * m + take * g;
      const T down = m < T(0) ? -eta : T(0);
      return Update<T>{m > T(0) ? eta : down, eta};
    };
  }
};

}  // namespace fallline
