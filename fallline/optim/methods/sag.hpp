// SPDX-License-Identifier: Apache-2.0
// SAG: the table a holds the last gradient seen of each row.
//   a_i <- g_i(theta);   theta <- theta - eta mean(a),  i drawn at random
// Le Roux, Schmidt & Bach 2012; Schmidt, Le Roux & Bach 2017. The table starts with the gradients at the start.
#pragma once

#include <array>

#include "fallline/base/field.hpp"
#include "fallline/optim/methods/finite_sum.hpp"

namespace fallline {

struct Sag {
  static constexpr std::string_view name = "sag";
  static constexpr std::string_view cites = "Le Roux, Schmidt & Bach 2012";
  static constexpr std::string_view summary = "Steps along the mean of the last gradient seen of each row.";
  static constexpr bool gradient_descent_like = true;
  static constexpr bool keeps_table = true;
  static constexpr double rate_over_curvature = 1.0;  // of the learning rate that goes with L, the largest curvature of a row

  double learning_rate = 0.01;

  static constexpr auto fields() {
    return std::array{
        field<&Sag::learning_rate>("learning_rate", positive,
                                   "length of a step; 1/L serves, 1/(16 L) is safe, L the largest curvature of a row"),
    };
  }

  std::unique_ptr<SumMethod> begin(const FiniteSum& sum, std::span<const double> start) const;
};

}  // namespace fallline
