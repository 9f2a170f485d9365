// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Sgd, StepIsTheRateTimesTheGradient) {
  const auto theta = walk("sgd", {1, -2}, {{4, -8}}, 0.25);
  EXPECT_DOUBLE_EQ(theta[0], 0);
  EXPECT_DOUBLE_EQ(theta[1], 0);
}

TEST(Sgd, WithAMomentumIsTheMomentumRule) {
  const auto made = testing::make("sgd:momentum=0.9");
  EXPECT_EQ(made->info().name, "momentum");
  EXPECT_EQ(testing::make("sgd")->info().name, "sgd");
}

}  // namespace
}  // namespace fallline
