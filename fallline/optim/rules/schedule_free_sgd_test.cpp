// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(ScheduleFreeSgd, AtTheFastPointItIsPlainDescent) {
  EXPECT_DOUBLE_EQ(walk("schedule_free_sgd:beta=0", {0}, {{1}, {2}, {3}}, 0.1)[0], -0.6);
}

TEST(ScheduleFreeSgd, EvaluatesAtTheAverageOfTheFastPoints) {
  const auto optimizer = testing::make("schedule_free_sgd:beta=0.5");
  Parameters<double> theta = testing::vector<double>({0});
  optimizer->start(theta);
  for (int t = 0; t < 3; ++t) {
    Parameters<double> gradient = testing::vector<double>({-1});
    optimizer->step(theta, gradient, 1);
  }
  EXPECT_DOUBLE_EQ(optimizer->evaluation(theta).values()[0], 2);  // z was 1, 2, 3
  EXPECT_DOUBLE_EQ(theta.values()[0], 2.5);
}

TEST(ScheduleFreeSgd, WarmupRisesStraight) { EXPECT_DOUBLE_EQ(walk("schedule_free_sgd:beta=0,warmup=4", {0}, {{1}, {1}}, 1)[0], -0.75); }

TEST(ScheduleFreeSgd, WeightDecayIsInsideTheStep) {
  EXPECT_DOUBLE_EQ(walk("schedule_free_sgd:beta=0,weight_decay=0.1", {2}, {{0}}, 0.5)[0], 2 - 0.5 * 0.1 * 2);
}

}  // namespace
}  // namespace fallline
