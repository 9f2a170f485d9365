// SPDX-License-Identifier: Apache-2.0
// Many starts at once, and every minimum they found. The starts come from the seed, so the list does not depend on the number of threads.
#include <cstdio>
#include <fallline/optim.hpp>

/// Himmelblau's function on a slope: four minima, none as low as another.
fallline::Objective himmelblau() {
  return [](std::span<const double> x, std::span<double> gradient) {
    const double a = x[0] * x[0] + x[1] - 11;
    const double b = x[0] + x[1] * x[1] - 7;
    gradient[0] = 4 * x[0] * a + 2 * b + 1;
    gradient[1] = 2 * a + 4 * x[1] * b + 2;
    return a * a + b * b + x[0] + 2 * x[1];
  };
}

int main() {
  const auto result = fallline::multistart(himmelblau, {.low = {-5, -5}, .high = {5, 5}, .starts = 50, .seed = 1});
  if (!result) {
    return 1;
  }
  for (const fallline::FoundMinimum& minimum : result->minima) {
    std::printf("%8.4f at (%7.4f, %7.4f) by %zu of %zu starts\n", minimum.value, minimum.x[0], minimum.x[1], minimum.runs,
                result->starts.size());
  }
  return 0;
}
