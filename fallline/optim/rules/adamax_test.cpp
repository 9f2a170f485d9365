// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(AdaMax, FirstStepIsAsLongAsTheRate) { EXPECT_NEAR(walk("adamax:epsilon=0", {0}, {{-7}}, 0.1)[0], 0.1, 1e-15); }

TEST(AdaMax, DividesByTheLargestRecentGradient) {
  const double m = 0.9 * 0.1 * 10 + 0.1 * 1;
  EXPECT_NEAR(walk("adamax:epsilon=0,beta2=0.5", {0}, {{10}, {1}}, 0.1)[0], -0.1 - 0.1 / (1 - 0.81) * m / 5, 1e-15);
}

}  // namespace
}  // namespace fallline
