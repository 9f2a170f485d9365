// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Rprop, StepsGrowWhileTheSignStays) { EXPECT_DOUBLE_EQ(walk("rprop", {0}, {{1}, {1e-9}, {1e9}}, 0.1)[0], -(0.1 + 0.12 + 0.144)); }

TEST(Rprop, StandsStillOnceAfterATurnAndThenStepsByHalf) {
  EXPECT_DOUBLE_EQ(walk("rprop", {0}, {{1}, {-1}}, 0.1)[0], -0.1);
  EXPECT_DOUBLE_EQ(walk("rprop", {0}, {{1}, {-1}, {-1}}, 0.1)[0], -0.1 + 0.05);
}

TEST(Rprop, TinyGradientsOfFloatKeepTheirSign) {
  const auto optimizer = testing::make<float>("rprop");
  Parameters<float> theta = testing::vector<float>({0});
  optimizer->start(theta);
  for (int t = 0; t < 2; ++t) {
    Parameters<float> gradient = testing::vector<float>({1e-30F});
    optimizer->step(theta, gradient, 1);
  }
  EXPECT_FLOAT_EQ(theta.values()[0], -2.2F);
}

TEST(Rprop, LengthsStayWithinTheirEnds) {
  const std::vector<std::vector<double>> steady(20, {1});
  EXPECT_DOUBLE_EQ(walk("rprop:step_max=1", {0}, steady, 1)[0], -20);
}

TEST(Rprop, OptaxStepsOneCallLate) { EXPECT_DOUBLE_EQ(walk("rprop:preset=optax", {0}, {{1}, {1}}, 0.1)[0], -0.1); }

}  // namespace
}  // namespace fallline
