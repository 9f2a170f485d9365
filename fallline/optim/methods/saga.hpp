// SPDX-License-Identifier: Apache-2.0
// SAGA: the table a holds the last gradient seen of each row.
//   theta <- theta - eta (g_i(theta) - a_i + mean(a));   a_i <- g_i(theta),  i drawn at random
// Defazio, Bach & Lacoste-Julien 2014, eq. 1. The table starts with the gradients at the start.
#pragma once

#include <array>

#include "fallline/base/field.hpp"
#include "fallline/optim/methods/finite_sum.hpp"

namespace fallline {

struct Saga {
  static constexpr std::string_view name = "saga";
  static constexpr std::string_view cites = "Defazio, Bach & Lacoste-Julien 2014";
  static constexpr std::string_view summary = "Steps on single rows, corrected by the last gradient seen of each row.";
  static constexpr bool gradient_descent_like = true;
  static constexpr bool keeps_table = true;
  static constexpr double rate_over_curvature = 1.0 / 3;  // of the learning rate that goes with L, the largest curvature of a row

  double learning_rate = 0.01;

  static constexpr auto fields() {
    return std::array{
        field<&Saga::learning_rate>("learning_rate", positive, "length of a step; 1/(3 L) is safe, L the largest curvature of a row"),
    };
  }

  std::unique_ptr<SumMethod> begin(const FiniteSum& sum, std::span<const double> start) const;
};

}  // namespace fallline
