// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Lamb, TheStepIsAShareOfTheNorm) {
  const auto theta = walk("lamb", {3, 4}, {{1, 1000}}, 0.1);
  EXPECT_NEAR(std::hypot(theta[0] - 3, theta[1] - 4), 0.5, 1e-12);
}

TEST(Lamb, DecayInTheRatioTurnsTheStepAndLeavesItsLength) {
  const auto theta = walk("lamb:weight_decay=100", {3, 4}, {{1, 1000}}, 0.1);
  EXPECT_NEAR(std::hypot(theta[0] - 3, theta[1] - 4), 0.5, 1e-12);
  EXPECT_NEAR((theta[0] - 3) / (theta[1] - 4), 0.75, 0.01);
}

TEST(Lamb, OutsideTheRatioDecayComesFirst) {
  EXPECT_NEAR(walk("lamb:decay_in_ratio=false,weight_decay=0.5", {4}, {{1}}, 0.1)[0], 4 * 0.95 * 0.9, 1e-14);
}

TEST(Lamb, InterceptsAreFreeOfDecay) {
  const auto plain = testing::make("lamb");
  const auto decayed = testing::make("lamb:weight_decay=100");
  Parameters<double> a = testing::vector<double>({3, 4}, false);
  Parameters<double> b = a;
  plain->start(a);
  decayed->start(b);
  Parameters<double> g = testing::vector<double>({1, -2}, false);
  Parameters<double> h = g;
  plain->step(a, g, 0.1);
  decayed->step(b, h, 0.1);
  EXPECT_EQ(testing::values(a), testing::values(b));
}

}  // namespace
}  // namespace fallline
