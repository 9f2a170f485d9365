// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Sophia, TheFirstStepIsTheLongest) { EXPECT_DOUBLE_EQ(walk("sophia:clip=0.5", {0}, {{1e-3}}, 0.1)[0], -0.05); }

TEST(Sophia, DividesByTheCurvatureHandedOver) {
  const auto optimizer = testing::make("sophia:beta1=0,beta2=0,gamma=1,interval=2");
  Parameters<double> theta = testing::vector<double>({0});
  optimizer->start(theta);
  EXPECT_TRUE(optimizer->wants_estimate());
  optimizer->estimate(testing::vector<double>({8}));
  Parameters<double> gradient = testing::vector<double>({2});
  optimizer->step(theta, gradient, 1);
  EXPECT_FALSE(optimizer->wants_estimate());
  theta.values()[0] = 0;
  optimizer->step(theta, gradient, 1);
  EXPECT_DOUBLE_EQ(theta.values()[0], -0.25);
  EXPECT_TRUE(optimizer->wants_estimate());
}

TEST(Sophia, WithoutAnEstimateTheSquaredGradientStandsForIt) {
  // h = 4 after the first step of gradient 2.
  EXPECT_DOUBLE_EQ(walk("sophia:beta1=0,beta2=0,gamma=1", {0}, {{2}, {2}}, 1)[0], -1 - 0.5);
}

TEST(Sophia, RulesWithoutCurvatureWantNoEstimate) {
  const auto optimizer = testing::make("adam");
  optimizer->start(testing::vector<double>({0}));
  EXPECT_FALSE(optimizer->wants_estimate());
}

}  // namespace
}  // namespace fallline
