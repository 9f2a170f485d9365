// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/barzilai_borwein.hpp"

#include <gtest/gtest.h>

#include "fallline/optim/minimize.hpp"
#include "fallline/optim/testing/rosenbrock.hpp"

namespace fallline {
namespace {

using testing::rosenbrock;

double bowl(std::span<const double> x, std::span<double> g) {
  double value = 0;
  double curvature = 1;
  for (std::size_t i = 0; i < x.size(); ++i, curvature *= 10) {
    g[i] = curvature * x[i];
    value += curvature * x[i] * x[i] / 2;
  }
  return value;
}

TEST(BarzilaiBorwein, SolvesAnIllConditionedBowlFarFasterThanDescent) {
  for (const char* spec : {"barzilai_borwein", "barzilai_borwein:form=short"}) {
    const auto result = minimize(bowl, {1, 1, 1, 1}, {.optimizer = spec});
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->outcome, Outcome::converged) << result->why;
    EXPECT_LT(result->evaluations, 400) << spec;
  }
}

TEST(BarzilaiBorwein, ReachesTheMinimumOfRosenbrock) {
  const auto result = minimize(rosenbrock, {-1.2, 1}, {.optimizer = BarzilaiBorwein{}});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->outcome, Outcome::converged) << result->why;
  EXPECT_NEAR(result->x[0], 1, 1e-6);
}

TEST(BarzilaiBorwein, TheSecondStepHasTheInverseCurvatureAsItsLength) {
  // On x^2 the curvature is 2 everywhere: the second step lands on the minimum.
  const auto result = minimize([](std::span<const double> x, std::span<double> g) { return g[0] = 2 * x[0], x[0] * x[0]; }, {3},
                               {.optimizer = "barzilai_borwein:learning_rate=0.5"});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->steps, 2);
  EXPECT_EQ(result->x[0], 0);
}

TEST(BarzilaiBorwein, SaveAndRestoreContinueBitForBit) {
  const auto make = [] { return std::move(*make_method("barzilai_borwein")); };
  const Objective objective = rosenbrock;
  std::vector<double> theta{-1.2, 1};
  const auto one = make();
  one->start(theta);
  for (int k = 0; k < 20; ++k) {
    one->iterate(objective, theta, 1);
  }
  std::vector<double> other = theta;
  const auto two = make();
  two->start(other);
  ASSERT_TRUE(two->restore(one->save()).has_value());
  for (int k = 0; k < 20; ++k) {
    one->iterate(objective, theta, 1);
    two->iterate(objective, other, 1);
  }
  EXPECT_EQ(theta, other);
}

}  // namespace
}  // namespace fallline
