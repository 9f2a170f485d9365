// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

using testing::walk;

TEST(SignSgd, EveryStepIsTheRate) {
  EXPECT_EQ(walk("signsgd", {0, 0, 0}, {{1e-30, -1e30, 0}}, 0.25), (std::vector<double>{-0.25, 0.25, 0}));
}

TEST(SignSgd, SignumFollowsTheMean) { EXPECT_DOUBLE_EQ(walk("signum", {0}, {{1}, {-0.5}}, 1)[0], -2); }

}  // namespace
}  // namespace fallline
