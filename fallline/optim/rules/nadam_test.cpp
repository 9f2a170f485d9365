// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(NAdam, FirstStepFollowsDozatsSchedule) {
  const double mu1 = 0.9 * (1 - 0.5 * std::pow(0.96, 0.004));
  const double mu2 = 0.9 * (1 - 0.5 * std::pow(0.96, 0.008));
  const double n = mu2 * 0.1 * 3 / (1 - mu1 * mu2) + (1 - mu1) * 3 / (1 - mu1);
  EXPECT_NEAR(walk("nadam:epsilon=0", {0}, {{3}}, 0.01)[0], -0.01 * n / 3, 1e-15);
}

}  // namespace
}  // namespace fallline
