// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace fallline::testing {

/// (1 - x0)^2 + 100 (x1 - x0^2)^2, a curved valley with its minimum at (1, 1), and its gradient.
inline double rosenbrock(std::span<const double> x, std::span<double> g) {
  const double a = 1 - x[0];
  const double b = x[1] - x[0] * x[0];
  g[0] = -2 * a - 400 * x[0] * b;
  g[1] = 200 * b;
  return a * a + 100 * b * b;
}

}  // namespace fallline::testing
