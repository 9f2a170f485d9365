// SPDX-License-Identifier: Apache-2.0
// Before a long run: is the gradient that of the function? The check names the worst coordinate.
#include <cstdio>
#include <fallline/optim.hpp>

int main() {
  const fallline::Objective slip = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = 3 * x[0] * x[0];
    gradient[1] = x[1];  // the factor 2 is forgotten
    return x[0] * x[0] * x[0] + x[1] * x[1];
  };
  const double point[] = {0.5, -1.5};
  const fallline::GradientCheck check = fallline::check_gradient(slip, point);
  std::printf("%s: coordinate %zu claims %.4f, measured %.4f\n", check.passed ? "passed" : "failed", check.worst_index,
              check.worst_coordinate.claimed, check.worst_coordinate.measured);
  return 0;
}
