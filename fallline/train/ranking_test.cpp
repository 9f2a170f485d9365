// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/ranking.hpp"

#include <gtest/gtest.h>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

/// With scores that occur several times.
void fill(Ranking& ranking, std::uint32_t count) {
  const Random random(1, Purpose::bootstrap, 0);
  for (std::uint32_t row = 0; row < count; ++row) {
    const double score = static_cast<double>(static_cast<int>(random.uniform(row) * 50000)) - 1000;
    ASSERT_TRUE(ranking.add({score, 0.5 * row, row, row % 3 == 0}).has_value());
  }
  ASSERT_TRUE(ranking.finish().has_value());
}

std::vector<Ranked> all_of(const Ranking& ranking) {
  std::vector<Ranked> all;
  EXPECT_TRUE(ranking.each([&](std::span<const Ranked> some) { all.insert(all.end(), some.begin(), some.end()); }).has_value());
  return all;
}

TEST(Ranking, IsTheSameInMemoryAndInRuns) {
  constexpr std::uint32_t count = 600000;
  Memory little(std::uint64_t{8} << 20U, scratch_folder());
  Ranking here(nullptr);
  Ranking there(&little);
  fill(here, count);
  fill(there, count);
  const std::vector<Ranked> a = all_of(here);
  const std::vector<Ranked> b = all_of(there);
  ASSERT_EQ(a.size(), count);
  ASSERT_EQ(b.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(a[i].row, b[i].row) << i;
    ASSERT_EQ(a[i].weight, 0.5 * a[i].row);
    ASSERT_EQ(a[i].positive, a[i].row % 3 == 0);
    ASSERT_TRUE(i == 0 || a[i - 1].score < a[i].score || (a[i - 1].score == a[i].score && a[i - 1].row < a[i].row)) << i;
  }
  EXPECT_TRUE(little.has_room(little.room()));
}

TEST(Ranking, OfNothingIsNothing) {
  Ranking ranking(nullptr);
  fill(ranking, 0);
  EXPECT_EQ(ranking.size(), 0U);
  EXPECT_TRUE(all_of(ranking).empty());
}

}  // namespace
}  // namespace fallline
