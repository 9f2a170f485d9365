// SPDX-License-Identifier: Apache-2.0
// Every run ends with an outcome, a sentence and its evidence. A learning rate that is too large is an outcome, not an error.
#include <cstdio>
#include <fallline/optim.hpp>

double bowl(std::span<const double> x, std::span<double> gradient) {
  gradient[0] = 20 * x[0];
  return 10 * x[0] * x[0];
}

int main() {
  for (const double rate : {0.001, 0.05, 0.2}) {
    const auto result = fallline::minimize(bowl, {1}, {.optimizer = "sgd", .learning_rate = rate, .steps = 50});
    if (!result) {
      return 1;
    }
    std::printf("%s\n", result->why.c_str());
  }
  return 0;
}
