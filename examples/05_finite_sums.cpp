// SPDX-License-Identifier: Apache-2.0
// A mean over rows can be stepped on batch by batch. Each epoch visits the rows in a fresh order that the seed decides.
#include <cstdio>
#include <fallline/optim.hpp>

int main() {
  // y = 2 x + 1 on 100 rows.
  const fallline::FiniteSum squares{100,
                                    [](std::span<const double> theta, std::span<const std::uint32_t> rows, std::span<double> gradient) {
                                      const double share = 1 / static_cast<double>(rows.size());
                                      double value = 0;
                                      gradient[0] = gradient[1] = 0;
                                      for (const std::uint32_t r : rows) {
                                        const double x = r / 100.0;
                                        const double gap = theta[0] * x + theta[1] - (2 * x + 1);
                                        gradient[0] += 2 * gap * x * share;
                                        gradient[1] += 2 * gap * share;
                                        value += gap * gap * share;
                                      }
                                      return value;
                                    }};
  const auto result = fallline::minimize(
      squares, {0, 0},
      {.optimizer = "adam", .learning_rate = 0.05, .schedule = "cosine", .steps = 2000, .batch_size = 10, .keep_path = true});
  if (!result) {
    return 1;
  }
  std::printf("slope %.4f, intercept %.4f after %zu epochs\n", result->x[0], result->x[1], result->path.size() - 1);
  return 0;
}
