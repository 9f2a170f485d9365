// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::values;
using testing::walk;

/// theta after `steps` on |theta - 3|^2/2, the coordinates in tensors of the sizes given.
std::vector<double> descend(const std::string& spec, const std::vector<std::size_t>& sizes, int steps) {
  const auto optimizer = testing::make(spec);
  std::vector<TensorInfo> infos;
  for (const std::size_t size : sizes) {
    infos.push_back({"w" + std::to_string(infos.size()), {size}});
  }
  Parameters<double> theta(infos);
  optimizer->start(theta);
  for (int t = 0; t < steps; ++t) {
    Parameters<double> gradient = theta;
    for (double& g : gradient.values()) {
      g -= 3;
    }
    optimizer->step(theta, gradient, 1);
  }
  return values(theta);
}

TEST(Prodigy, FindsARateManyTimesItsFirstGuess) {
  EXPECT_LT(std::abs(descend("prodigy", {1}, 1)[0]), 1e-5);
  EXPECT_NEAR(descend("prodigy", {1}, 400)[0], 3, 0.1);
}

TEST(Prodigy, SumsRunOverAllTensors) { EXPECT_EQ(descend("prodigy", {1, 2}, 50), descend("prodigy", {3}, 50)); }

TEST(Prodigy, WeightDecayGoesWithTheRateFound) {
  const double moved = walk("prodigy:d0=0.01", {2}, {{1}}, 1)[0];
  EXPECT_NEAR(walk("prodigy:d0=0.01,weight_decay=0.1", {2}, {{1}}, 1)[0], moved - 0.01 * 0.1 * 2, 1e-15);
}

}  // namespace
}  // namespace fallline
