// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(RmsProp, SteadyGradientMovesByTheRate) {
  const std::vector<std::vector<double>> steady(3000, {5});
  const auto theta = walk("rmsprop:rho=0.9", {0}, steady, 0.001);
  const auto next = walk("rmsprop:rho=0.9", {0}, std::vector<std::vector<double>>(3001, {5}), 0.001);
  EXPECT_NEAR(next[0] - theta[0], -0.001, 1e-8);
}

TEST(RmsProp, CenteredDividesByTheVariance) {
  // v = 0.1 (1 + 0.9) 4 ..., followed by hand: g = 2, 4 at rho = 0.9 without debias.
  const double v = 0.9 * 0.1 * 4 + 0.1 * 16;
  const double a = 0.9 * 0.1 * 2 + 0.1 * 4;
  const double v1 = 0.1 * 4 - 0.04;
  const auto theta = walk("rmsprop:rho=0.9,centered,epsilon=0", {0}, {{2}, {4}}, 0.01);
  EXPECT_NEAR(theta[0], -0.01 * (2 / std::sqrt(v1) + 4 / std::sqrt(v - a * a)), 1e-15);
}

TEST(RmsProp, CenteredVarianceOfASteadyGradientIsNeverBelowZero) {
  const auto theta = walk("rmsprop:centered,debias,epsilon_root=1e-4", {0}, std::vector<std::vector<double>>(200, {1e8 / 3}), 1e-12);
  EXPECT_TRUE(std::isfinite(theta[0]));
  EXPECT_LT(theta[0], 0);
}

}  // namespace
}  // namespace fallline
