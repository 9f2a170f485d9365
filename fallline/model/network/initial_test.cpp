// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/initial.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fallline/model/network/network.hpp"

namespace fallline {
namespace {

std::vector<double> start(Initial initial, Init suits) {
  const Network<double> network = make_network<double>({{300, 50}, "relu", Normalization::layer}, 200, 10, true);
  std::vector<double> theta(network.parameters);
  initialise<double>(network.tensors, initial, suits, 1, theta);
  return theta;
}

/// Mean square of the first matrix, [200, 300].
double variance(const std::vector<double>& theta) {
  double sum = 0;
  for (std::size_t i = 0; i < 200 * 300; ++i) {
    sum += theta[i] * theta[i];
  }
  return sum / (200 * 300);
}

TEST(Initial, SpreadsAreThoseOfThePapers) {
  EXPECT_NEAR(variance(start(Initial::he_normal, Init::glorot)), 2.0 / 200, 2e-4);
  EXPECT_NEAR(variance(start(Initial::he_uniform, Init::glorot)), 2.0 / 200, 2e-4);
  EXPECT_NEAR(variance(start(Initial::glorot_normal, Init::he)), 2.0 / 500, 1e-4);
  EXPECT_NEAR(variance(start(Initial::glorot_uniform, Init::he)), 2.0 / 500, 1e-4);
  EXPECT_EQ(variance(start(Initial::zeros, Init::he)), 0);
  EXPECT_EQ(start(Initial::automatic, Init::he)[0], start(Initial::he_normal, Init::he)[0]);
  EXPECT_EQ(start(Initial::automatic, Init::glorot)[0], start(Initial::glorot_uniform, Init::he)[0]);
}

TEST(Initial, OrthogonalRowsAreOrthonormal) {
  const std::vector<double> theta = start(Initial::orthogonal, Init::he);  // [200, 300]: the rows are the shorter side
  for (const std::size_t a : {0U, 7U, 199U}) {
    for (const std::size_t b : {0U, 7U, 198U}) {
      double sum = 0;
      for (std::size_t j = 0; j < 300; ++j) {
        sum += theta[a * 300 + j] * theta[b * 300 + j];
      }
      EXPECT_NEAR(sum, a == b ? 1 : 0, 1e-12);
    }
  }
}

TEST(Initial, BiasesAreZeroAndGainsOne) {
  const std::vector<double> theta = start(Initial::automatic, Init::he);
  EXPECT_EQ(theta[200 * 300], 0);
  EXPECT_EQ(theta[200 * 300 + 300], 1);
  EXPECT_EQ(theta[200 * 300 + 600], 0);
}

TEST(Initial, UnknownNamesOfferTheNearest) {
  const auto fault = parse_initial("he_norm");
  ASSERT_FALSE(fault.has_value());
  EXPECT_NE(fault.error().message.find("he_normal"), std::string::npos);
}

}  // namespace
}  // namespace fallline
