// SPDX-License-Identifier: Apache-2.0
// Nesterov's momentum as first written: the gradient is taken where the velocity is about to lead.
//   v <- mu v + eta grad f(theta - mu v);   theta <- theta - v
// Nesterov 1983; Sutskever et al. 2013, eqs. 3-4. The variant of the momentum rule needs no second point and stores the look-ahead
// point instead. Asks for two gradients an iteration: one ahead for the step, one at theta for the report.
#pragma once

#include <memory>

#include "fallline/optim/objective.hpp"

namespace fallline {

struct LookaheadNesterov {
  static constexpr std::string_view name = "lookahead_nesterov";
  static constexpr std::string_view cites = "Nesterov 1983";
  static constexpr std::string_view summary = "Momentum with the gradient taken at the point where the velocity is about to lead.";
  static constexpr bool gradient_descent_like = true;

  double learning_rate = 0.01;
  double momentum = 0.9;

  static constexpr auto fields() {
    return std::array{
        field<&LookaheadNesterov::learning_rate>("learning_rate", positive, "length of the step for a gradient of one, before momentum"),
        field<&LookaheadNesterov::momentum>("momentum", below_one, "share of the velocity kept each step"),
    };
  }

  std::unique_ptr<Method> make(OptimizerInfo info) const;
};

}  // namespace fallline
