// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Momentum, SteadyGradientEndsUpTenTimesAsFast) {
  const std::vector<std::vector<double>> steady(400, {1});
  const auto theta = walk("momentum", {0}, steady, 0.01);
  const auto next = walk("momentum", {0}, std::vector<std::vector<double>>(401, {1}), 0.01);
  EXPECT_NEAR(next[0] - theta[0], -0.1, 1e-12);
}

TEST(Momentum, BuffersAgreeWhileTheRateIsConstant) {
  const std::vector<std::vector<double>> gradients{{1}, {-2}, {0.5}, {3}};
  const auto grad = walk("momentum:buffer=grad", {1}, gradients, 0.1);
  const auto step = walk("momentum:buffer=step", {1}, gradients, 0.1);
  EXPECT_NEAR(grad[0], step[0], 1e-15);
}

TEST(Momentum, FirstGradIsNotDampened) {
  EXPECT_DOUBLE_EQ(walk("momentum:dampening=0.5,first=grad", {0}, {{1}}, 1)[0], -1);
  EXPECT_DOUBLE_EQ(walk("momentum:dampening=0.5,first=zero", {0}, {{1}}, 1)[0], -0.5);
}

TEST(Momentum, NesterovStoresTheLookAheadPoint) {
  // phi_t = theta_t + mu v_t obeys the original form v <- mu v + eta g(phi - mu v), phi <- phi - v on f = phi^2 / 2.
  const auto optimizer = testing::make("nesterov:momentum=0.8");
  Parameters<double> theta = testing::vector<double>({1});
  optimizer->start(theta);
  double phi = 1;
  double v = 0;
  for (int t = 0; t < 20; ++t) {
    v = 0.8 * v + 0.1 * (phi - 0.8 * v);
    phi -= v;
    Parameters<double> gradient = testing::vector<double>({theta.values()[0]});
    optimizer->step(theta, gradient, 0.1);
    EXPECT_NEAR(theta.values()[0], phi - 0.8 * v, 1e-14);
  }
}

}  // namespace
}  // namespace fallline
