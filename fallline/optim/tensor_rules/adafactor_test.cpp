// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(Adafactor, TheFirstStepIsAShareOfTheSize) {
  const auto theta = walk("adafactor", {3, -4}, {{1, -1000}}, 0.1);
  const double size = std::sqrt(12.5);
  EXPECT_NEAR(theta[0], 3 - 0.1 * size, 1e-14);
  EXPECT_NEAR(theta[1], -4 + 0.1 * size, 1e-14);
}

TEST(Adafactor, AMatrixOfRankOneIsToldExactlyByRowsAndColumns) {
  const auto optimizer = testing::make("adafactor:scale_parameter=false");
  Parameters<double> theta({{"w", {2, 3}}});
  Parameters<double> gradient({{"w", {2, 3}}});
  const std::vector<double> product{1, 2, 3, 10, 20, 30};
  std::copy(product.begin(), product.end(), gradient.values().begin());
  optimizer->start(theta);
  optimizer->step(theta, gradient, 0.1);
  for (const double x : theta.values()) {
    EXPECT_NEAR(x, -0.1, 1e-14);
  }
}

TEST(Adafactor, TheRateFallsWithTheRootOfTheStep) {
  const std::vector<std::vector<double>> steady(4, {1});
  EXPECT_NEAR(walk("adafactor:scale_parameter=false", {0}, steady, 10)[0], -(1 + 1 / std::sqrt(2) + 1 / std::sqrt(3) + 0.5), 1e-14);
}

}  // namespace
}  // namespace fallline
