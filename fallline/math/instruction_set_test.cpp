// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/instruction_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "fallline/base/random.hpp"
#include "fallline/math/gemm.hpp"
#include "fallline/math/kernels.hpp"

namespace fallline {
namespace {

constexpr std::size_t n = 117;

std::vector<float> numbers(std::size_t count, std::uint64_t from) {
  const Random random(11, Purpose::test);
  std::vector<float> x;
  for (std::size_t i = 0; i < count; ++i) {
    x.push_back(static_cast<float>(random.normal(from + i)));
  }
  return x;
}

/// A product of rows with weights, and one of matrices that BLAS would be asked for.
std::vector<float> work() {
  const std::vector<float> x = numbers(n * n, 0);
  const std::vector<float> w = numbers(n * n, 1 << 20U);
  std::vector<float> out(1 + n * n);
  const float* const row = x.data();
  dot_rows(&row, 1, w.data(), n, out.data());
  gemm(Factor::plain, Mat<const float>(x.data(), n, n), Factor::transposed, Mat<const float>(w.data(), n, n), false,
       Mat<float>(out.data() + 1, n, n));
  return out;
}

TEST(InstructionSet, EverySetOfTheMachineCanBePinnedAndGivesTheSameBitsAgain) {
  EXPECT_EQ(instruction_sets().back(), "baseline");
  EXPECT_EQ(instruction_set(), instruction_sets().front());
  const std::vector<float> unpinned = work();
  for (const std::string& name : instruction_sets()) {
    ASSERT_TRUE(pin_instruction_set(name)) << name;
    EXPECT_EQ(instruction_set(), name);
    EXPECT_STREQ(gemm_kernel(), "tiles");
    const std::vector<float> first = work();
    EXPECT_EQ(first, work()) << name;
    for (std::size_t i = 0; i < first.size(); ++i) {
      ASSERT_NEAR(first[i], unpinned[i], 1e-4) << name << " at " << i;
    }
  }
  unpin_instruction_set();
  EXPECT_EQ(instruction_set(), instruction_sets().front());
  EXPECT_FALSE(instruction_set_is_pinned());
}

TEST(InstructionSet, OneThatTheMachineLacksIsRefusedWithWhatItHas) {
  const auto refused = pin_instruction_set("sse9");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_NE(refused.error().message.find("'sse9'"), std::string::npos);
  EXPECT_NE(refused.error().message.find("baseline"), std::string::npos);
}

}  // namespace
}  // namespace fallline
