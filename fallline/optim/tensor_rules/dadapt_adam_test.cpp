// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(DAdaptAdam, TheFirstStepIsItsFirstGuess) {
  // m = 0.1 d0 g, v = 0.001 g^2.
  EXPECT_NEAR(walk("dadapt_adam:epsilon=0,d0=0.01", {0}, {{4}}, 1)[0], -0.01 * 0.1 / std::sqrt(0.001), 1e-16);
}

TEST(DAdaptAdam, TheRateFoundGrowsWhileGradientsAgree) {
  const std::vector<std::vector<double>> steady(100, {1});
  EXPECT_LT(walk("dadapt_adam", {0}, steady, 1)[0], -1e-2);
  EXPECT_GT(walk("dadapt_adam:growth=1.01", {0}, steady, 1)[0], -1e-2);
}

TEST(DAdaptAdam, SumsRunOverAllTensors) {
  const auto optimizer = testing::make("dadapt_adam");
  Parameters<double> theta({{"a", {1}}, {"b", {1}}}, 1);
  optimizer->start(theta);
  std::vector<std::vector<double>> gradients;
  for (int t = 0; t < 30; ++t) {
    Parameters<double> gradient = theta;
    gradient.values()[0] = 1;
    gradient.values()[1] = t % 2 == 0 ? 2 : 1;
    gradients.push_back(testing::values(gradient));
    optimizer->step(theta, gradient, 1);
  }
  EXPECT_EQ(testing::values(theta), walk("dadapt_adam", {1, 1}, gradients, 1));
}

}  // namespace
}  // namespace fallline
