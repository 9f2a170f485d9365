// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/row_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace fallline {
namespace {

std::vector<std::uint32_t> numbers(std::size_t count, std::uint32_t step = 1) {
  std::vector<std::uint32_t> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows[i] = static_cast<std::uint32_t>(i) * step;
  }
  return rows;
}

std::vector<std::uint32_t> visited(RowOrder& order, std::size_t batch) {
  std::vector<std::uint32_t> all;
  for (auto rows = order.next(batch); !rows.empty(); rows = order.next(batch)) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

std::vector<std::uint32_t> epoch_of(const std::vector<std::uint32_t>& rows, std::size_t window, std::uint32_t epoch,
                                    std::size_t batch = 256, std::size_t threads = 1) {
  ThreadPool pool(threads);
  RowOrder order(rows, {.seed = 7, .window = window}, pool);
  order.begin(epoch);
  return visited(order, batch);
}

TEST(RowOrder, VisitsEveryRowOnceWhateverTheWindow) {
  for (const std::vector<std::uint32_t>& rows : {numbers(50000), numbers(30001, 3), numbers(5), numbers(4096)}) {
    for (const std::size_t window : {1UL, 4096UL, 10000UL, 1000000UL}) {
      std::vector<std::uint32_t> all = epoch_of(rows, window, 1);
      EXPECT_NE(all, rows);
      std::sort(all.begin(), all.end());
      EXPECT_EQ(all, rows) << window;
    }
  }
}

TEST(RowOrder, DependsOnNeitherBatchSizeNorThreads) {
  const std::vector<std::uint32_t> rows = numbers(40000);
  const std::vector<std::uint32_t> order = epoch_of(rows, 8192, 3);
  for (const std::size_t batch : {1UL, 100UL, 9000UL, 100000UL}) {
    EXPECT_EQ(epoch_of(rows, 8192, 3, batch, 3), order);
  }
  EXPECT_NE(epoch_of(rows, 8192, 4), order);
}

TEST(RowOrder, AWindowOfAllRowsIsOnePermutation) {
  const std::vector<std::uint32_t> rows = numbers(1000, 2);
  const std::vector<std::uint32_t> order = epoch_of(rows, 1000, 5);
  const Permutation permutation(1000, 7, Purpose::row_order, 5);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(order[i], rows[permutation(i)]);
  }
}

TEST(RowOrder, GoesOnFromAnyPlace) {
  const std::vector<std::uint32_t> rows = numbers(30000);
  const std::vector<std::uint32_t> whole = epoch_of(rows, 8192, 2);
  ThreadPool pool(1);
  for (const bool shuffle : {true, false}) {
    RowOrder order(rows, {.seed = 7, .shuffle = shuffle, .window = 8192}, pool);
    for (const std::size_t place : {0UL, 1UL, 8191UL, 8192UL, 20000UL, 30000UL}) {
      order.begin(2, place);
      const auto& expected = shuffle ? whole : rows;
      EXPECT_EQ(visited(order, 512), std::vector<std::uint32_t>(expected.begin() + static_cast<std::ptrdiff_t>(place), expected.end()));
    }
  }
}

TEST(RowOrder, MixesGroupsFromAllOverTheFile) {
  const std::vector<std::uint32_t> rows = numbers(100 * rows_of_a_group);
  const std::vector<std::uint32_t> order = epoch_of(rows, 10 * rows_of_a_group, 1, 10 * rows_of_a_group);
  const double mean = std::accumulate(order.begin(), order.begin() + 10 * rows_of_a_group, 0.0) / (10.0 * rows_of_a_group);
  EXPECT_NEAR(mean / static_cast<double>(rows.size()), 0.5, 0.3);
}

}  // namespace
}  // namespace fallline
