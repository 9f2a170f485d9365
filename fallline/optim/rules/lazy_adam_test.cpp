// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(LazyAdam, IsAdamWhereEveryGradientIsOtherThanZero) {
  const std::vector<std::vector<double>> gradients{{1, -2}, {0.5, 3}, {-1, 1e-3}};
  EXPECT_EQ(walk("lazy_adam", {1, 2}, gradients, 0.1), walk("adam", {1, 2}, gradients, 0.1));
  EXPECT_EQ(walk("lazy_adam:l1=0.1", {1, 2}, gradients, 0.1), walk("adam:l1=0.1", {1, 2}, gradients, 0.1));
}

TEST(LazyAdam, StandsStillWithoutAGradientItsStateToo) {
  // At t = 3: m = 0.1 (0.9 + 1), v = 0.001 (0.999 + 1), as if step 2 had not been, but for the corrections.
  const double m = (0.09 + 0.1) / (1 - 0.9 * 0.9 * 0.9);
  const double v = (0.000999 + 0.001) / (1 - std::pow(0.999, 3));
  EXPECT_NEAR(walk("lazy_adam", {0}, {{1}, {0}, {1}}, 0.1)[0], -0.1 - 0.1 * m / std::sqrt(v), 1e-8);
}

TEST(LazyAdam, DecayWaitsForAGradient) {
  const std::vector<double> theta = walk("lazy_adam:weight_decay=0.5", {2, 2}, {{0, 1}}, 0.1);
  EXPECT_EQ(theta[0], 2);
  EXPECT_NEAR(theta[1], 2 - 0.1 - 0.1 * 0.5 * 2, 1e-8);
}

}  // namespace
}  // namespace fallline
