// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(AdaDelta, FirstStepIsSetByEpsilonAlone) {
  const auto theta = walk("adadelta:rho=0.9,epsilon=1e-6", {0}, {{1000}}, 1);
  EXPECT_NEAR(theta[0], -std::sqrt(1e-6) / std::sqrt(0.1 * 1e6 + 1e-6) * 1000, 1e-15);
}

TEST(AdaDelta, StepDoesNotDependOnTheScaleOfTheGradient) {
  const auto small = walk("adadelta", {0}, {{1}, {2}, {-1}}, 1);
  const auto large = walk("adadelta", {0}, {{1e6}, {2e6}, {-1e6}}, 1);
  EXPECT_NEAR(small[0], large[0], 1e-4 * std::abs(small[0]));
}

}  // namespace
}  // namespace fallline
