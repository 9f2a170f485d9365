// SPDX-License-Identifier: Apache-2.0
// Is the gradient right? Each slope that an objective claims, along random directions and along every axis, beside the one measured from
// its values: the five-point formula
//   f'(x) = [8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))] / 12h,   h = step max(1, |x|)
// (Abramowitz & Stegun 1964, 25.3.6). At a kink no gradient passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "fallline/optim/objective.hpp"

namespace fallline {

struct GradientCheckOptions {
  double step = 1e-4;
  std::size_t directions = 8;
  std::uint64_t seed = 0;
  double tolerance = 1e-6;  // on relative errors
};

/// Two slopes that should be one. `error` is their difference beyond what rounding of the values explains, relative to the larger of them;
/// infinite where one is not finite.
struct SlopePair {
  double claimed = 0;
  double measured = 0;
  double error = 0;
};

struct GradientCheck {
  bool passed = false;
  SlopePair worst_direction;
  SlopePair worst_coordinate;
  std::size_t worst_index = 0;  // of that coordinate
};

/// Asks for 1 + 4 (directions + coordinates) values.
GradientCheck check_gradient(const Objective& objective, std::span<const double> x, const GradientCheckOptions& options = {});

}  // namespace fallline
