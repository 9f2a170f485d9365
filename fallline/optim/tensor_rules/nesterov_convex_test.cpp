// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/tensor_rules/nesterov_convex.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/minimize.hpp"
#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

/// f = sum c_i x_i^2 / 2 with curvatures from 1e-4 to 1.
double valley(std::span<const double> x, std::span<double> g) {
  double value = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double c = std::pow(10.0, -static_cast<double>(i));
    g[i] = c * x[i];
    value += c * x[i] * x[i] / 2;
  }
  return value;
}

std::int64_t steps_to_converge(const std::string& optimizer) {
  const auto result = minimize(valley, {1, 1, 1, 1, 1}, {.optimizer = optimizer, .learning_rate = 1, .steps = 200000});
  EXPECT_EQ(result->outcome, Outcome::converged) << optimizer << ": " << result->why;
  return result->steps;
}

TEST(NesterovConvex, FirstStepsAreTheFormula) {
  // g = 1 throughout, so phi falls by 0.1 below the look-ahead point; mu_1 = 0, mu_2 = (a_2 - 1)/a_3.
  const double a2 = (1 + std::sqrt(5.0)) / 2;
  const double a3 = (1 + std::sqrt(1 + 4 * a2 * a2)) / 2;
  const std::vector<double> theta = testing::walk("nesterov_convex", {1}, {{1}, {1}}, 0.1);
  EXPECT_NEAR(theta[0], 0.8 - (a2 - 1) / a3 * 0.1, 1e-15);
}

TEST(NesterovConvex, AGradientAgainstTheWayStartsAnew) {
  const std::vector<std::vector<double>> gradients{{1}, {1}, {-0.1}};
  const double ahead = testing::walk("nesterov_convex", {1}, {{1}, {1}}, 0.1)[0];
  EXPECT_DOUBLE_EQ(testing::walk("nesterov_convex", {1}, gradients, 0.1)[0], ahead + 0.01);  // as a first step: no momentum
  EXPECT_LT(testing::walk("nesterov_convex:restart=false", {1}, gradients, 0.1)[0], ahead + 0.01);
}

TEST(NesterovConvex, TheRestartMakesItLinear) {
  EXPECT_LT(3 * steps_to_converge("nesterov_convex"), steps_to_converge("nesterov_convex:restart=false"));
  EXPECT_LT(20 * steps_to_converge("nesterov_convex"), steps_to_converge("sgd"));
}

TEST(NesterovConvex, IsNesterovWithARestartToo) {
  EXPECT_EQ(testing::make("nesterov:restart=true")->info().name, "nesterov_convex");
  EXPECT_EQ(testing::make("nesterov")->info().kind, "variant of momentum");
}

}  // namespace
}  // namespace fallline
