// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(RAdam, FirstStepsAreThoseOfMomentum) {
  EXPECT_NEAR(walk("radam", {0}, {{20}}, 0.1)[0], -2, 1e-15);
  EXPECT_EQ(walk("radam:warm=none", {3}, {{20}}, 0.1)[0], 3);
}

TEST(RAdam, DividesByTheRootOnceTrusted) {
  // beta2 = 0.999 has rho_6 = 5.97 and rho_5 = 4.98.
  const std::vector<std::vector<double>> gradients(6, {1000});
  const double fifth = walk("radam", {0}, {gradients.begin(), gradients.end() - 1}, 1)[0];
  const double sixth = walk("radam", {0}, gradients, 1)[0];
  EXPECT_NEAR(fifth, -5000, 1e-9);
  EXPECT_LT(std::abs(sixth - fifth), 0.1);
}

TEST(RAdam, AShortMemoryIsNeverTrusted) {
  const std::vector<std::vector<double>> gradients(100, {10});
  EXPECT_NEAR(walk("radam:beta2=0.5", {0}, gradients, 0.01)[0], -10, 1e-12);
}

}  // namespace
}  // namespace fallline
