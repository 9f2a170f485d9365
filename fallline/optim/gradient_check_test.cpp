// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/gradient_check.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace fallline {
namespace {

/// sin(x) + y^2 z + 1e3, its slope along z off by `wrong`.
Objective sample(double wrong) {
  return [wrong](std::span<const double> x, std::span<double> g) {
    g[0] = std::cos(x[0]);
    g[1] = 2 * x[1] * x[2];
    g[2] = x[1] * x[1] + wrong;
    return std::sin(x[0]) + x[1] * x[1] * x[2] + 1e3;
  };
}

constexpr std::array<double, 3> point{0.3, -2, 5};

TEST(GradientCheck, ARightGradientPasses) {
  const GradientCheck check = check_gradient(sample(0), point);
  EXPECT_TRUE(check.passed) << check.worst_coordinate.error << " " << check.worst_direction.error;
  EXPECT_LT(check.worst_coordinate.error, 1e-9);
}

TEST(GradientCheck, AWrongCoordinateIsNamed) {
  const GradientCheck check = check_gradient(sample(1e-3), point);
  EXPECT_FALSE(check.passed);
  EXPECT_EQ(check.worst_index, 2U);
  EXPECT_NEAR(check.worst_coordinate.claimed, 4.001, 1e-9);
  EXPECT_NEAR(check.worst_coordinate.measured, 4, 1e-8);
  EXPECT_NEAR(check.worst_coordinate.error, 0.001 / 4.001, 1e-7);
  EXPECT_GT(check.worst_direction.error, 1e-6);
}

TEST(GradientCheck, AFlatPointOfACubicPasses) {
  const Objective cubic = [](std::span<const double> x, std::span<double> g) {
    g[0] = 3 * x[0] * x[0];
    return x[0] * x[0] * x[0];
  };
  const std::array<double, 1> zero{0};
  EXPECT_TRUE(check_gradient(cubic, zero).passed);
}

TEST(GradientCheck, ANonFiniteGradientFails) { EXPECT_FALSE(check_gradient(sample(std::nan("")), point).passed); }

TEST(GradientCheck, IsTheSameForTheSameSeed) {
  EXPECT_EQ(check_gradient(sample(0.1), point).worst_direction.claimed, check_gradient(sample(0.1), point).worst_direction.claimed);
}

}  // namespace
}  // namespace fallline
