// SPDX-License-Identifier: Apache-2.0
// L-BFGS: Newton's direction from the last few changes of point and gradient, and a line search that finds the length.
//   s = theta - theta_before, y = g - g_before;   d = -H g by the two-loop recursion with H0 = <s, y>/<y, y> I of the newest pair
//   theta <- theta + alpha d,  alpha by line_search.hpp;  the first step has length 1
// Nocedal 1980; Liu & Nocedal 1989; Nocedal & Wright 2006, Algorithms 7.4 and 7.5. One evaluation an iteration as a rule: value and
// gradient of the accepted point are kept. Asks for the full objective, not for mini-batches.
#pragma once

#include <cstdint>
#include <memory>

#include "fallline/optim/objective.hpp"

namespace fallline {

struct LBfgs {
  static constexpr std::string_view name = "l-bfgs";
  static constexpr std::string_view cites = "Nocedal 1980; Liu & Nocedal 1989";
  static constexpr std::string_view summary =
      "Newton's direction from the last few changes of the gradient, with a line search; full batch only.";
  static constexpr bool gradient_descent_like = false;

  double learning_rate = 1;
  std::int64_t history = 10;
  double decrease = 1e-4;
  double curvature = 0.9;
  std::int64_t trials = 30;

  static constexpr auto fields() {
    return std::array{
        field<&LBfgs::learning_rate>("learning_rate", positive, "first trial length of each search; 1 is Newton's"),
        field<&LBfgs::history>("history", Range{1, 1000}, "pairs of changes remembered"),
        field<&LBfgs::decrease>("decrease", Range{0, 0.5, true, true}, "share of the promised decrease that a step must bring"),
        field<&LBfgs::curvature>("curvature", Range{0, 1, true, true}, "share of the slope that may be left after a step"),
        field<&LBfgs::trials>("trials", Range{1, 1000}, "points a search may look at"),
    };
  }

  std::unique_ptr<Method> make(OptimizerInfo info) const;
};

}  // namespace fallline
