// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Yogi, MeanSquareGrowsAndShrinksBySteps) {
  // v: 1e-6 -> + 0.1 * 4, then the gradient is smaller and a tenth of its square is taken off.
  const double v1 = 1e-6 + 0.1 * 4;
  const double v2 = v1 - 0.1 * 0.01;
  const double m1 = 0.5 * 2;
  const double m2 = 0.5 * m1 + 0.5 * 0.1;
  const double expected = -0.1 * (m1 / (std::sqrt(v1) + 1e-3) + m2 / (std::sqrt(v2) + 1e-3));
  EXPECT_NEAR(walk("yogi:beta1=0.5,beta2=0.9,debias=false", {0}, {{2}, {0.1}}, 0.1)[0], expected, 1e-15);
}

}  // namespace
}  // namespace fallline
