// SPDX-License-Identifier: Apache-2.0
// The shortest program: a function that fills its gradient and returns its value, and a start. L-BFGS is the default.
#include <cstdio>
#include <fallline/optim.hpp>

double rosenbrock(std::span<const double> x, std::span<double> gradient) {
  const double a = 1 - x[0];
  const double b = x[1] - x[0] * x[0];
  gradient[0] = -2 * a - 400 * x[0] * b;
  gradient[1] = 200 * b;
  return a * a + 100 * b * b;
}

int main() {
  const auto result = fallline::minimize(rosenbrock, {-1.2, 1});
  if (!result) {
    std::printf("%s\n", result.error().message.c_str());
    return 1;
  }
  std::printf("x = (%.6f, %.6f)\n", result->x[0], result->x[1]);
  std::printf("outcome: %s\n", std::string(fallline::outcome_name(result->outcome)).c_str());
  return 0;
}
