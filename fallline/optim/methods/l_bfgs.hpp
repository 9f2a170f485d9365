// SPDX-License-Identifier: Apache-2.0
// L-BFGS: Newton's direction from the last few changes of point and gradient, and a line search that finds the length.
//   s = theta - theta_before, y = g - g_before;   d = -H g by the two-loop recursion with H0 = <s, y>/<y, y> I of the newest pair
//   theta <- theta + alpha d,  alpha by line_search.hpp, or the learning rate itself (line_search=none)
// The first direction is -g times 1/|g|_2 (first_step=unit), min(1, 1/|g|_1) (l1) or min(1, 1/|g|_2) (l2).
// Nocedal 1980; Liu & Nocedal 1989; Nocedal & Wright 2006, Algorithms 7.4 and 7.5. One evaluation an iteration as a rule: value and
// gradient of the accepted point are kept. Asks for the full objective, not for mini-batches.
// line_search=none reproduces torch (max_iter=1: first_step=l1, pair_threshold=1e-10) and optax (linesearch=None: first_step=l2,
// keep_all_pairs).
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

  enum class Search { wolfe, none };
  enum class First { unit, l1, l2 };

  double learning_rate = 1;
  std::int64_t history = 10;
  Search line_search = Search::wolfe;
  First first_step = First::unit;
  double pair_threshold = 0;
  bool keep_all_pairs = false;
  double decrease = 1e-4;
  double curvature = 0.9;
  std::int64_t trials = 30;

  static constexpr auto fields() {
    return std::array{
        field<&LBfgs::learning_rate>("learning_rate", positive, "first trial length of each search, or the length itself; 1 is Newton's"),
        field<&LBfgs::history>("history", Range{1, 1000}, "pairs of changes remembered"),
        choice<&LBfgs::line_search>("line_search", "wolfe|none", "how long a step is: strong Wolfe conditions, or the learning rate"),
        choice<&LBfgs::first_step>("first_step", "unit|l1|l2", "the first direction: of length 1, or the gradient cut to norm 1"),
        field<&LBfgs::pair_threshold>("pair_threshold", nonnegative, "a pair of changes is kept where their product is above"),
        flag<&LBfgs::keep_all_pairs>("keep_all_pairs", "keep pairs that show no upward curvature too"),
        field<&LBfgs::decrease>("decrease", Range{0, 0.5, true, true}, "share of the promised decrease that a step must bring"),
        field<&LBfgs::curvature>("curvature", Range{0, 1, true, true}, "share of the slope that may be left after a step"),
        field<&LBfgs::trials>("trials", Range{1, 1000}, "points a search may look at"),
    };
  }

  std::unique_ptr<Method> make(OptimizerInfo info) const;
};

}  // namespace fallline
