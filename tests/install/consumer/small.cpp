// SPDX-License-Identifier: Apache-2.0
#include <fallline/optim.hpp>
#include <iostream>

int main() {
  const auto bowl = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = 2 * (x[0] - 1);
    return (x[0] - 1) * (x[0] - 1);
  };
  const auto result = fallline::minimize(bowl, {3.0}, {.optimizer = fallline::Adam{.beta1 = 0.95}, .learning_rate = 0.1});
  std::cout << (result ? result->why : result.error().message) << "\n";
  return result ? 0 : 1;
}
