// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/detail/newton_schulz.hpp"
#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

std::vector<double> first_step(const std::string& spec, std::vector<std::size_t> shape, const std::vector<double>& g) {
  const auto optimizer = testing::make(spec);
  Parameters<double> theta({{"w", std::move(shape)}});
  Parameters<double> gradient = theta;
  std::copy(g.begin(), g.end(), gradient.values().begin());
  optimizer->start(theta);
  optimizer->step(theta, gradient, 1);
  return testing::values(theta);
}

TEST(Muon, DirectionsLargeAndSmallMoveAlike) {
  const auto theta = first_step("muon:ns_steps=10", {2, 2}, {100, 0, 0, 1});
  EXPECT_NEAR(theta[0], -1, 0.35);  // the iteration leaves singular values between about 0.7 and 1.2
  EXPECT_NEAR(theta[3], -1, 0.35);
  EXPECT_EQ(theta[1], 0);
}

TEST(Muon, ConvergentCoefficientsReachTheOrthogonalMatrix) {
  // a = 15/8, b = -5/4, c = 3/8 converge to one; the gradient is a rotation times diag(3, 1).
  const auto theta = first_step("muon:a=1.875,b=-1.25,c=0.375,ns_steps=30", {2, 2}, {1.8, -0.8, 2.4, 0.6});
  const std::vector<double> rotation{-0.6, 0.8, -0.8, -0.6};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(theta[i], rotation[i], 1e-12);
  }
}

TEST(Muon, ATallMatrixStepsAsItsTranspose) {
  const std::string spec = "muon:scale=none";
  const auto tall = first_step(spec, {3, 2}, {1, 2, 3, 4, 5, 7});
  const auto wide = first_step(spec, {2, 3}, {1, 3, 5, 2, 4, 7});
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(tall[2 * i], wide[i], 1e-14);
    EXPECT_NEAR(tall[2 * i + 1], wide[3 + i], 1e-14);
  }
}

TEST(Muon, VectorsStepByAdam) {
  const std::vector<std::vector<double>> gradients{{1, -2}, {3, 0.5}};
  const auto muon = walk("muon", {0, 1}, gradients, 0.1);
  const auto adam = walk("adam", {0, 1}, gradients, 0.1);
  EXPECT_NEAR(muon[0], adam[0], 1e-15);
  EXPECT_NEAR(muon[1], adam[1], 1e-15);
}

TEST(Muon, Bfloat16KeepsEightBits) {
  EXPECT_EQ(detail::to_bfloat16(1.0 + 0x1p-7), 1.0 + 0x1p-7);
  EXPECT_EQ(detail::to_bfloat16(1.0 + 0x1p-9), 1.0);
}

}  // namespace
}  // namespace fallline
