// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(AdaBelief, FirstStepIsTheRateOverTheShareOfTheOldMean) {
  // At t = 1 the gradient strays from its mean by beta1 g.
  EXPECT_NEAR(walk("adabelief:epsilon=0,eps_state=0", {0}, {{5}}, 0.09)[0], -0.1, 1e-15);
}

TEST(AdaBelief, StridesWhereTheGradientIsAsExpected) {
  const std::vector<std::vector<double>> steady(200, {1});
  EXPECT_LT(walk("adabelief:beta2=0.9", {0}, steady, 0.001)[0], 5 * walk("adam:beta2=0.9", {0}, steady, 0.001)[0]);
}

TEST(AdaBelief, RectifiedBeginsWithMomentum) { EXPECT_NEAR(walk("adabelief:rectify", {0}, {{20}}, 0.1)[0], -2, 1e-15); }

TEST(AdaBelief, TheEpsilonOfTheStateAddsUp) {
  const std::vector<std::vector<double>> still(3, {0});
  auto gradients = still;
  gradients.push_back({1e-9});
  // s = eps_state (1 + 0.5 + 0.25 + 0.125), the gradient is nothing beside it.
  const double root = std::sqrt(1.875 / (1 - std::pow(0.5, 4)));
  EXPECT_NEAR(walk("adabelief:beta1=0,beta2=0.5,epsilon=0,eps_state=1", {0}, gradients, 1)[0], -1e-9 / root, 1e-20);
}

}  // namespace
}  // namespace fallline
