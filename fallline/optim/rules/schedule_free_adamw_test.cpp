// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(ScheduleFreeAdamW, FirstStepIsAsLongAsTheRate) { EXPECT_NEAR(walk("schedule_free_adamw:epsilon=0", {0}, {{-7}}, 0.1)[0], 0.1, 1e-15); }

TEST(ScheduleFreeAdamW, AtTheFastPointItIsAdamWithoutMomentum) {
  const std::vector<std::vector<double>> gradients{{1}, {-2}, {3}};
  EXPECT_NEAR(walk("schedule_free_adamw:beta1=0", {0}, gradients, 0.1)[0], walk("adam:beta1=0", {0}, gradients, 0.1)[0], 1e-15);
}

TEST(ScheduleFreeAdamW, WeightDecayIsNotDividedByTheRoot) {
  EXPECT_DOUBLE_EQ(walk("schedule_free_adamw:weight_decay=0.1", {2}, {{0}}, 0.5)[0], 2 - 0.5 * 0.1 * 2);
}

}  // namespace
}  // namespace fallline
