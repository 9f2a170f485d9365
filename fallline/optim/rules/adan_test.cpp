// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Adan, FirstStepIsAsLongAsTheRate) { EXPECT_NEAR(walk("adan:epsilon=0,epsilon_root=0", {0}, {{-7}}, 0.1)[0], 0.1, 1e-15); }

TEST(Adan, LooksAheadByTheChangeOfTheGradient) {
  // beta1 = beta3 = 0: m = g = 3, v = 0.5 (3 - 1) = 1, c2 = 0.75, n = (3 + 0.5 * 2)^2 = 16.
  const double first = -1;
  const double second = -(3 + 0.5 * 1 / 0.75) / 4;
  EXPECT_NEAR(walk("adan:beta1=0,beta2=0.5,beta3=0,epsilon=0,epsilon_root=0", {0}, {{1}, {3}}, 1)[0], first + second, 1e-15);
}

}  // namespace
}  // namespace fallline
