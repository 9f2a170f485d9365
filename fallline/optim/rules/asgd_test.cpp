// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Asgd, TheRateFallsByItsPower) {
  EXPECT_DOUBLE_EQ(walk("asgd:lambd=0", {0}, {{1}, {1}}, 0.1)[0], -0.2);
  const double first = -1;
  const double second = first * (1 - 1 * 0.5) - 0.5;  // lambd = 1, eta = 1: eta_2 = 1/2
  EXPECT_DOUBLE_EQ(walk("asgd:lambd=1,alpha=1", {0}, {{1}, {1}}, 1)[0], second);
}

TEST(Asgd, TheAverageBeginsAfterT0) {
  const auto optimizer = testing::make("asgd:lambd=0,t0=1");
  Parameters<double> theta = testing::vector<double>({0});
  optimizer->start(theta);
  std::vector<double> evaluated;
  for (int t = 0; t < 5; ++t) {
    Parameters<double> gradient = testing::vector<double>({-1});
    optimizer->step(theta, gradient, 1);
    evaluated.push_back(optimizer->evaluation(theta).values()[0]);
  }
  // theta is 1, 2, 3, 4, 5; t - 1 - t0 is above one from t = 4 on.
  EXPECT_EQ(evaluated, (std::vector<double>{1, 2, 3, 3.5, 4}));
}

}  // namespace
}  // namespace fallline
