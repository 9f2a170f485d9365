// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

template <class T>
struct Block {
  std::vector<std::vector<T>> values;
  std::vector<const T*> rows;
  std::vector<T> w;
  std::vector<T> slopes;

  Block(std::size_t count, std::size_t n) {
    const Random random(7, Purpose::test);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
      values.emplace_back();
      for (std::size_t j = 0; j < n; ++j) {
        values[i].push_back(static_cast<T>(random.normal(at++)));
      }
      slopes.push_back(static_cast<T>(random.normal(at++)));
    }
    for (std::size_t j = 0; j < n; ++j) {
      w.push_back(static_cast<T>(random.normal(at++)));
    }
    for (const auto& row : values) {
      rows.push_back(row.data());
    }
  }
};

template <class T>
void fast_equals_plain(double tolerance) {
  for (const std::size_t n : {1U, 2U, 3U, 7U, 8U, 15U, 16U, 17U, 31U, 64U, 100U, 133U}) {
    for (const std::size_t count : {1U, 2U, 3U, 4U, 5U, 9U, 32U}) {
      const Block<T> block(count, n);
      std::vector<T> fast(count);
      std::vector<T> plain(count);
      dot_rows(block.rows.data(), count, block.w.data(), n, fast.data());
      dot_rows_plain(block.rows.data(), count, block.w.data(), n, plain.data());
      std::vector<double> fast_sum(n, 1);
      std::vector<double> plain_sum(n, 1);
      add_rows(block.rows.data(), block.slopes.data(), count, n, fast_sum.data());
      add_rows_plain(block.rows.data(), block.slopes.data(), count, n, plain_sum.data());
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_NEAR(fast[i], plain[i], tolerance * std::sqrt(static_cast<double>(n))) << n << " x " << count;
      }
      for (std::size_t j = 0; j < n; ++j) {
        ASSERT_NEAR(fast_sum[j], plain_sum[j], tolerance * std::sqrt(static_cast<double>(count))) << n << " x " << count;
      }
    }
  }
}

TEST(Kernels, FastEqualsPlainInFloat) { fast_equals_plain<float>(1e-5); }
TEST(Kernels, FastEqualsPlainInDouble) { fast_equals_plain<double>(1e-13); }

TEST(Kernels, ARowsProductIsTheSameWhereverTheRowStands) {
  const Block<float> block(9, 37);
  std::vector<float> together(9);
  dot_rows(block.rows.data(), 9, block.w.data(), 37, together.data());
  for (std::size_t i = 0; i < 9; ++i) {
    float alone = 0;
    dot_rows(block.rows.data() + i, 1, block.w.data(), 37, &alone);
    EXPECT_EQ(alone, together[i]);
  }
}

TEST(Kernels, SparseEqualsDense) {
  const std::vector<std::uint32_t> columns = {1, 4, 5};
  const std::vector<double> values = {2, -1, 0.5};
  const std::vector<double> w = {9, 1, 9, 9, 3, 4};
  EXPECT_EQ(dot_sparse(columns.data(), values.data(), 3, w.data()), 2 - 3 + 2);
  std::vector<double> sum(6, 0);
  add_sparse(columns.data(), values.data(), 3, 2.0, sum.data());
  EXPECT_EQ(sum, (std::vector<double>{0, 4, 0, 0, -2, 1}));
}

TEST(Kernels, ABlockHasBetweenEightAndTwoHundredAndFiftySixRows) {
  EXPECT_EQ(block_rows(1, 4), 256U);
  EXPECT_EQ(block_rows(100, 4), 60U);
  EXPECT_EQ(block_rows(1000000, 8), 8U);
}

TEST(Kernels, SumsAreTakenScaledAndLeftAtZero) {
  std::vector<double> sum(37);
  for (std::size_t j = 0; j < sum.size(); ++j) {
    sum[j] = 0.1 * static_cast<double>(j) - 1.7;
  }
  const std::vector<double> before = sum;
  std::vector<float> out(sum.size());
  take_sums(sum.data(), sum.size(), 1.0 / 3, out.data());
  for (std::size_t j = 0; j < sum.size(); ++j) {
    EXPECT_EQ(out[j], static_cast<float>(before[j] * (1.0 / 3)));
    EXPECT_EQ(sum[j], 0);
  }
  std::vector<double> wide = before;
  std::vector<double> taken(sum.size());
  take_sums(wide.data(), wide.size(), 0.3, taken.data());
  EXPECT_EQ(taken[5], before[5] * 0.3);
  EXPECT_EQ(wide[36], 0);
}

}  // namespace
}  // namespace fallline
