// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/pack_rows.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "fallline/base/random.hpp"

namespace fallline::kept {
namespace {

/// Packs a table of which this is one column, and returns the bytes of that column; all must come back to the last bit, with zeros between
/// the rows.
template <class U>
std::size_t packed_size(const std::vector<U>& column) {
  constexpr std::size_t stride = 5;
  constexpr std::size_t columns = 3;
  std::size_t beside = 0;
  for (const std::size_t place : {columns, std::size_t{1}}) {  // the first time without the column: of one value each, then with it
    std::vector<U> table(column.size() * stride, U(7));
    for (std::size_t i = 0; i < column.size(); ++i) {
      table[i * stride + place] = place < columns ? column[i] : U(7);
    }
    std::vector<std::byte> packed;
    pack_table<U>({table.data(), column.size(), columns, stride}, packed);
    const std::size_t size = packed.size();
    packed.push_back(std::byte{42});
    std::vector<U> back(table.size(), U(1));
    const auto rest = unpack_table<U>(std::span<const std::byte>(packed), {back.data(), column.size(), columns, stride});
    EXPECT_EQ(rest.size(), 1U);
    for (std::size_t i = 0; i < column.size(); ++i) {
      for (std::size_t j = columns; j < stride; ++j) {
        table[i * stride + j] = U(0);
      }
    }
    EXPECT_TRUE(table.empty() || std::memcmp(back.data(), table.data(), table.size() * sizeof(U)) == 0);
    beside = place < columns ? size - beside : size / columns * (columns - 1);
  }
  return beside;
}

TEST(PackRows, OneValueIsKeptOnce) {
  EXPECT_EQ(packed_size(std::vector<float>(4096, 0.25F)), 1 + sizeof(float));
  EXPECT_EQ(packed_size(std::vector<double>(4096, std::nan(""))), 1 + sizeof(double));
  EXPECT_EQ(packed_size(std::vector<std::uint32_t>(5, 9)), 1 + sizeof(std::uint32_t));
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
