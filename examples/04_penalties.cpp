// SPDX-License-Identifier: Apache-2.0
// Penalties belong to the objective: l2/2 |w|^2 shrinks every coordinate, l1 |w|_1 sets small ones to exactly zero by a proximal step.
// Named tensors tell which parameters are penalised; an intercept is not.
#include <cstdio>
#include <fallline/optim.hpp>

int main() {
  const double pulls[] = {3, 0.4, -2};
  const auto objective = [&](const fallline::Parameters<double>& theta, fallline::Parameters<double>& gradient) {
    double value = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      const double gap = theta.values()[j] - pulls[j];
      gradient.values()[j] = gap;
      value += 0.5 * gap * gap;
    }
    return value;
  };
  const fallline::Parameters<double> start({{"weights", {2}}, {"intercept", {1}, false}});
  const fallline::ChainOptions chains[] = {{}, {.l2 = 1}, {.l1 = 0.5}};
  const char* names[] = {"none", "l2", "l1"};
  for (std::size_t k = 0; k < 3; ++k) {
    const auto result = fallline::minimize(objective, start, {.optimizer = "sgd", .learning_rate = 0.3, .chain = chains[k]});
    if (!result) {
      return 1;
    }
    const auto weights = result->parameters.tensor(0);
    std::printf("%-4s weights (%.3f, %.3f), intercept %.3f\n", names[k], weights[0], weights[1], result->parameters.tensor(1)[0]);
  }
  return 0;
}
