// SPDX-License-Identifier: Apache-2.0
// SVRG: every inner * rows steps a snapshot s is taken with the full gradient mu; in between
//   theta <- theta - eta (g_i(theta) - g_i(s) + mu),  i drawn at random
// Johnson & Zhang 2013, "Accelerating stochastic gradient descent using predictive variance reduction", option I.
#pragma once

#include <array>

#include "fallline/base/field.hpp"
#include "fallline/optim/methods/finite_sum.hpp"

namespace fallline {

struct Svrg {
  static constexpr std::string_view name = "svrg";
  static constexpr std::string_view cites = "Johnson & Zhang 2013";
  static constexpr std::string_view summary =
      "Steps on single rows, corrected by the full gradient at a snapshot that is renewed now and then.";
  static constexpr bool gradient_descent_like = true;
  static constexpr bool keeps_table = false;
  static constexpr double rate_over_curvature = 0.2;  // of the learning rate that goes with L, the largest curvature of a row

  double learning_rate = 0.01;
  double inner = 2;

  static constexpr auto fields() {
    return std::array{
        field<&Svrg::learning_rate>("learning_rate", positive, "length of a step; 1/(10 L) is safe, L the largest curvature of a row"),
        field<&Svrg::inner>("inner", positive, "passes over the rows between two snapshots"),
    };
  }

  std::unique_ptr<SumMethod> begin(const FiniteSum& sum, std::span<const double> start) const;
};

}  // namespace fallline
