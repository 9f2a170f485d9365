// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/multistart.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace fallline {
namespace {

/// Himmelblau 1972: four minima of value 0.
Objective himmelblau() {
  return [](std::span<const double> x, std::span<double> g) {
    const double a = x[0] * x[0] + x[1] - 11;
    const double b = x[0] + x[1] * x[1] - 7;
    g[0] = 4 * x[0] * a + 2 * b;
    g[1] = 2 * a + 4 * x[1] * b;
    return a * a + b * b;
  };
}

MultistartOptions box(std::size_t threads = 0) { return {.low = {-5, -5}, .high = {5, 5}, .starts = 40, .threads = threads}; }

TEST(Multistart, FindsTheFourMinimaOfHimmelblau) {
  const auto result = multistart(himmelblau, box());
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->minima.size(), 4U);
  std::size_t runs = result->lost;
  for (const FoundMinimum& minimum : result->minima) {
    EXPECT_NEAR(minimum.value, 0, 1e-12);
    EXPECT_EQ(minimum.converged, minimum.runs);
    runs += minimum.runs;
  }
  EXPECT_EQ(runs, 40U);
}

TEST(Multistart, MinimaAreSortedByValue) {
  const auto tilted = [] {
    return Objective([](std::span<const double> x, std::span<double> g) {
      g[0] = 4 * x[0] * (x[0] * x[0] - 1) + 0.5;
      return (x[0] * x[0] - 1) * (x[0] * x[0] - 1) + 0.5 * x[0];
    });
  };
  const auto result = multistart(tilted, {.low = {-2}, .high = {2}});
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->minima.size(), 2U);
  EXPECT_LT(result->minima[0].x[0], 0);
  EXPECT_LT(result->minima[0].value, result->minima[1].value);
}

TEST(Multistart, IsTheSameForAnyNumberOfThreads) {
  const auto one = multistart(himmelblau, box(1));
  const auto three = multistart(himmelblau, box(3));
  ASSERT_TRUE(one && three);
  for (std::size_t k = 0; k < one->runs.size(); ++k) {
    EXPECT_EQ(one->runs[k].x, three->runs[k].x);
  }
  for (std::size_t m = 0; m < one->minima.size(); ++m) {
    EXPECT_EQ(one->minima[m].x, three->minima[m].x);
    EXPECT_EQ(one->minima[m].first, three->minima[m].first);
  }
}

TEST(Multistart, StartsLieInTheBox) {
  const auto result = multistart(himmelblau, {.low = {1, -2}, .high = {2, -2}, .starts = 100, .minimize = {.steps = 0}});
  ASSERT_TRUE(result.has_value());
  for (const std::vector<double>& start : result->starts) {
    EXPECT_GE(start[0], 1);
    EXPECT_LE(start[0], 2);
    EXPECT_EQ(start[1], -2);
  }
}

TEST(Multistart, RunsThatDivergeAreLostNotHidden) {
  const auto result =
      multistart(himmelblau, {.low = {-5, -5}, .high = {5, 5}, .starts = 5, .minimize = {.optimizer = "sgd", .learning_rate = 9}});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->minima.empty());
  EXPECT_EQ(result->lost, 5U);
}

TEST(Multistart, UsageErrorsComeBack) {
  EXPECT_FALSE(multistart(himmelblau, {}).has_value());
  EXPECT_FALSE(multistart(himmelblau, {.low = {1}, .high = {0}}).has_value());
  EXPECT_FALSE(multistart(himmelblau, {.low = {0}, .high = {INFINITY}}).has_value());
  EXPECT_FALSE(multistart(himmelblau, {.low = {0, 0}, .high = {1, 1}, .minimize = {.optimizer = "adma"}}).has_value());
}

}  // namespace
}  // namespace fallline
