// SPDX-License-Identifier: Apache-2.0
// A schedule changes the learning rate as the run goes on; an observer watches it. With noise in the gradient a constant rate keeps on
// jumping about the minimum, a falling one settles.
#include <cmath>
#include <cstdio>
#include <fallline/optim.hpp>

double bowl(std::span<const double> x, std::span<double> gradient) {
  gradient[0] = x[0];
  return 0.5 * x[0] * x[0];
}

int main() {
  for (const char* schedule : {"constant", "cosine", "cosine:warmup=50", "step:every=100,gamma=0.1"}) {
    fallline::MinimizeOptions options{.optimizer = "sgd", .learning_rate = 0.5, .schedule = schedule, .steps = 400, .noise = 1, .seed = 3};
    double last_rate = 0;
    double squares = 0;
    options.observer = [&](const fallline::MinimizeStep& step) {
      last_rate = step.learning_rate;
      squares += step.step > 350 ? step.x[0] * step.x[0] / 50 : 0;
    };
    if (!fallline::minimize(bowl, {5}, options)) {
      return 1;
    }
    std::printf("%-24s last rate %.5f, distance over the last 50 steps %.2f\n", schedule, last_rate, std::sqrt(squares));
  }
  return 0;
}
