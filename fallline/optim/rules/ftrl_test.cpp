// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Ftrl, WithoutPenaltiesItIsAdaGrad) {
  const std::vector<std::vector<double>> gradients{{3}, {-1}, {0.5}};
  EXPECT_NEAR(walk("ftrl", {5}, gradients, 0.1)[0], walk("adagrad:epsilon=0", {5}, gradients, 0.1)[0], 1e-14);
}

TEST(Ftrl, SumsBelowL1AreExactZeros) {
  const auto theta = walk("ftrl:l1=1", {0, 0}, {{0.9, 0.9}, {-0.5, 0.9}}, 0.1);
  EXPECT_EQ(theta[0], 0);
  EXPECT_LT(theta[1], 0);
}

TEST(Ftrl, InterceptsAreFreeOfL1) {
  const auto optimizer = testing::make("ftrl:l1=1");
  Parameters<double> theta = testing::vector<double>({0}, false);
  Parameters<double> gradient = testing::vector<double>({0.5}, false);
  optimizer->start(theta);
  optimizer->step(theta, gradient, 0.1);
  EXPECT_LT(theta.values()[0], 0);
}

TEST(Ftrl, ARateOfZeroMovesNothingAndBreaksNothing) {
  const auto optimizer = testing::make("ftrl:beta=1");
  Parameters<double> theta = testing::vector<double>({0});
  optimizer->start(theta);
  for (const double rate : {0.0, 0.1}) {
    Parameters<double> gradient = testing::vector<double>({1});
    optimizer->step(theta, gradient, rate);
    EXPECT_EQ(theta.values()[0] == 0, rate == 0);
    EXPECT_TRUE(std::isfinite(theta.values()[0]));
  }
}

TEST(Ftrl, OtherPowersAreTaken) {
  // power = -1: n = 4, theta = -z eta / n.
  EXPECT_NEAR(walk("ftrl:power=-1", {0}, {{2}}, 0.1)[0], -0.1 * 2 / 4, 1e-15);
}

}  // namespace
}  // namespace fallline
