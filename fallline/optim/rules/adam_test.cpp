// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Adam, FirstStepIsAsLongAsTheRate) {
  const auto theta = walk("adam:epsilon=0", {0, 0}, {{1e-5, -1e5}}, 0.1);
  EXPECT_NEAR(theta[0], -0.1, 1e-15);
  EXPECT_NEAR(theta[1], 0.1, 1e-15);
}

TEST(Adam, EpsilonRootActsUnderTheRootAfterCorrection) {
  EXPECT_NEAR(walk("adam:epsilon=0,epsilon_root=3", {0}, {{1}}, 0.1)[0], -0.05, 1e-15);
}

TEST(Adam, EpsilonHatIsLargerAtFirst) {
  const double den = (std::sqrt(0.001) + 0.01) / std::sqrt(0.001);
  EXPECT_NEAR(walk("adam:epsilon=0.01,epsilon_hat", {0}, {{1}}, 0.1)[0], -0.1 / den, 1e-14);
}

TEST(Adam, AmsgradNeverForgetsALargeGradient) {
  std::vector<std::vector<double>> gradients(2000, {1e-3});
  gradients[0] = {1};
  const double plain = walk("adam:beta2=0.9", {0}, gradients, 0.001)[0];
  const double largest = walk("amsgrad:beta2=0.9", {0}, gradients, 0.001)[0];
  EXPECT_LT(plain, 10 * largest);  // both negative: plain Adam has gone ten times as far
}

TEST(Adam, AdamwShrinksTheWeightsApartFromTheGradient) {
  const auto theta = walk("adamw", {2}, {{0}}, 0.1);
  EXPECT_DOUBLE_EQ(theta[0], 2 - 0.1 * 0.01 * 2);
}

}  // namespace
}  // namespace fallline
