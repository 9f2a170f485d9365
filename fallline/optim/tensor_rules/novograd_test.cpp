// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(NovoGrad, FirstStepIsAsLongAsTheRate) {
  const auto theta = walk("novograd:epsilon=0", {0, 0}, {{30, 40}}, 0.1);
  EXPECT_NEAR(theta[0], -0.06, 1e-15);
  EXPECT_NEAR(theta[1], -0.08, 1e-15);
}

TEST(NovoGrad, DividesByTheMeanNorm) {
  // beta2 = 0.5: v = 1, then (1 + 49)/2 = 25.
  EXPECT_NEAR(walk("novograd:epsilon=0,beta1=0,beta2=0.5", {0}, {{1}, {7}}, 0.1)[0], -0.1 - 0.1 * 7 / 5, 1e-15);
}

TEST(NovoGrad, InnerDecayJoinsTheVelocity) {
  EXPECT_NEAR(walk("novograd:weight_decay_inner=0.5", {2}, {{0}, {0}}, 0.1)[0], 2 - 0.1 - 0.1 * (0.9 + 0.5 * 1.9), 1e-15);
}

}  // namespace
}  // namespace fallline
