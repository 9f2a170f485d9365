// SPDX-License-Identifier: Apache-2.0
// How curved the objective is, which bounds the learning rate of gradient-descent-like rules: a step with a rate above 2 / curvature
// overshoots ever further.
#pragma once

#include <cstddef>

#include "fallline/train/problem.hpp"

namespace fallline {

/// full: largest eigenvalue of the Hessian's bound over all rows (power iteration). row: the largest of a single row. known: the loss has a
/// bound on its curvature (Poisson has none, non-smooth losses have none).
struct Smoothness {
  bool known = false;
  double full = 0;
  double row = 0;
  std::size_t rows = 0;

  /// Expected smoothness of a batch drawn without replacement, between `row` at 1 and `full` at all rows (Gower et al. 2019, "SGD: general
  /// analysis and improved rates", proposition 3.8).
  double at_batch(std::size_t batch) const;
};

template <class T>
Smoothness measure_smoothness(Problem<T>& problem, std::uint64_t seed);

}  // namespace fallline
