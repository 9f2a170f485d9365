// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Lars, FirstStepIsTheTrustedShareOfTheNorm) {
  const auto theta = walk("lars:trust=0.01", {3, 4}, {{0, 100}}, 1);
  EXPECT_DOUBLE_EQ(theta[0], 3);
  EXPECT_DOUBLE_EQ(theta[1], 4 - 0.01 * 5);
}

TEST(Lars, TensorsHaveRatesOfTheirOwn) {
  const auto optimizer = testing::make("lars:trust=0.1");
  Parameters<double> theta({{"a", {1}}, {"b", {1}}}, 1);
  theta.values()[1] = 100;
  Parameters<double> gradient({{"a", {1}}, {"b", {1}}}, 7);
  optimizer->start(theta);
  optimizer->step(theta, gradient, 1);
  EXPECT_NEAR(theta.values()[0], 0.9, 1e-15);
  EXPECT_NEAR(theta.values()[1], 90, 1e-13);
}

}  // namespace
}  // namespace fallline
