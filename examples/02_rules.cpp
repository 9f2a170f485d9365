// SPDX-License-Identifier: Apache-2.0
// A rule is a value, or text as a user types it; both mean the same. Here four of them go down the same ravine.
#include <cstdio>
#include <fallline/optim.hpp>
#include <string>
#include <vector>

double ravine(std::span<const double> x, std::span<double> gradient) {
  gradient[0] = x[0];
  gradient[1] = 50 * x[1];
  return 0.5 * (x[0] * x[0] + 50 * x[1] * x[1]);
}

int main() {
  struct Entry {
    const char* what;
    fallline::OptimizerChoice optimizer;
    double learning_rate;
  };
  const std::vector<Entry> entries{{"gradient descent", fallline::Sgd{}, 0.03},
                                   {"heavy ball", fallline::Momentum{.momentum = 0.8}, 0.03},
                                   {"adam", fallline::Adam{.beta1 = 0.8}, 0.1},
                                   {"nesterov, by name", "nesterov:momentum=0.8", 0.02}};
  for (const Entry& entry : entries) {
    const auto result = fallline::minimize(
        ravine, {-4, 1}, {.optimizer = entry.optimizer, .learning_rate = entry.learning_rate, .steps = 100, .gradient_tolerance = 1e-3});
    if (!result) {
      return 1;
    }
    std::printf("%-18s %s\n", entry.what, result->why.c_str());
  }
  const auto wrong = fallline::minimize(ravine, {-4, 1}, {.optimizer = "adma"});
  const std::string message = wrong ? "" : wrong.error().message;
  std::printf("%s\n", message.substr(0, message.find(" Known:")).c_str());
  return 0;
}
