// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/pack_rows.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "fallline/base/random.hpp"

namespace fallline::kept {
namespace {

/// Packs the column, with others beside it, and returns its bytes; the column must come back to the last bit, the others not be touched.
template <class U>
std::size_t packed_size(const std::vector<U>& column, std::size_t stride = 3) {
  std::vector<U> table((column.size() + 1) * stride, U(7));
  for (std::size_t i = 0; i < column.size(); ++i) {
    table[i * stride + 1 % stride] = column[i];
  }
  std::vector<std::byte> packed;
  pack_column(table.data() + 1 % stride, column.size(), stride, packed);
  const std::size_t size = packed.size();
  packed.push_back(std::byte{42});
  std::vector<U> back(table.size(), U(7));
  const auto rest = unpack_column(std::span<const std::byte>(packed), column.size(), stride, back.data() + 1 % stride);
  EXPECT_EQ(rest.size(), 1U);
  EXPECT_EQ(std::memcmp(back.data(), table.data(), table.size() * sizeof(U)), 0);
  return size;
}

TEST(PackRows, OneValueIsKeptOnce) {
  EXPECT_EQ(packed_size(std::vector<float>(4096, 0.25F)), 1 + sizeof(float));
  EXPECT_EQ(packed_size(std::vector<double>(4096, std::nan(""))), 1 + sizeof(double));
  EXPECT_EQ(packed_size(std::vector<std::uint32_t>(5, 9), 1), 1 + sizeof(std::uint32_t));
  EXPECT_EQ(packed_size(std::vector<float>()), 0U);
}

TEST(PackRows, TwoValuesAreABitARow) {
  for (const std::size_t rows : {2UL, 8UL, 9UL, 4095UL}) {
    std::vector<float> column(rows, 0.0F);
    for (std::size_t i = 1; i < rows; i += 3) {
      column[i] = -0.0F;  // differs from 0 in its sign alone
    }
    EXPECT_EQ(packed_size(column), 1 + 2 * sizeof(float) + (rows + 7) / 8);
  }
}

TEST(PackRows, WholeNumbersAreDifferences) {
  std::vector<std::uint32_t> column;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    column.push_back(1'000'000'000 + i % 256);
  }
  EXPECT_EQ(packed_size(column), 1 + 4 + 1000U);
  column[500] += 60'000;
  EXPECT_EQ(packed_size(column), 1 + 4 + 2000U);
  column[501] = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(packed_size(column), 1 + 4000U);
}

TEST(PackRows, OtherNumbersComeBackToTheLastBit) {
  const Random random(1, Purpose::test);
  std::vector<double> column;
  for (std::uint64_t i = 0; i < 4096; ++i) {
    column.push_back(i % 100 == 0 ? std::numeric_limits<double>::denorm_min() : random.normal(i));
  }
  EXPECT_EQ(packed_size(column), 1 + 8 * 4096U);
}

}  // namespace
}  // namespace fallline::kept
