// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(AdaGrad, FirstStepIsAsLongAsTheRateWhateverTheGradient) {
  const auto theta = walk("adagrad:epsilon=0", {0, 0}, {{1e-3, -1e6}}, 0.5);
  EXPECT_DOUBLE_EQ(theta[0], -0.5);
  EXPECT_DOUBLE_EQ(theta[1], 0.5);
}

TEST(AdaGrad, SteadyGradientFallsLikeTheRootOfTime) {
  const auto theta = walk("adagrad:epsilon=0", {0}, {{2}, {2}, {2}, {2}}, 1);
  EXPECT_NEAR(theta[0], -(1 + 1 / std::sqrt(2.0) + 1 / std::sqrt(3.0) + 0.5), 1e-15);
}

TEST(AdaGrad, WhereTheGradientWasNeverOtherThanZeroNothingMoves) { EXPECT_EQ(walk("adagrad:epsilon=0", {3}, {{0}, {0}}, 1)[0], 3); }

}  // namespace
}  // namespace fallline
