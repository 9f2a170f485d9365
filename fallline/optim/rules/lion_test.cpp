// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Lion, EveryStepIsTheRate) { EXPECT_EQ(walk("lion", {0, 0, 0}, {{1e-30, -1e30, 0}}, 0.25), (std::vector<double>{-0.25, 0.25, 0})); }

TEST(Lion, TheDirectionFavoursTheNewestGradient) {
  // The mean kept is 0.01; the direction is 0.9 * 0.01 - 0.1 * 0.5 < 0, while the mean itself stays above zero.
  EXPECT_DOUBLE_EQ(walk("lion", {0}, {{1}, {-0.5}}, 1)[0], 0);
  EXPECT_DOUBLE_EQ(walk("lion:beta1=0.99", {0}, {{1}, {-0.5}}, 1)[0], -2);
}

TEST(Lion, SofterSignsShrinkNearZero) {
  EXPECT_NEAR(walk("lion:mode=refined", {0}, {{2}}, 1)[0], -0.2, 1e-15);
  EXPECT_NEAR(walk("lion:mode=smooth,smooth=3", {0}, {{2}}, 1)[0], -std::tanh(0.6), 1e-15);
}

}  // namespace
}  // namespace fallline
