// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/row_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace fallline {
namespace {

PartRows all(std::size_t count) { return {count, {}, Part::training}; }

std::vector<std::uint32_t> list_of(const PartRows& rows) {
  std::vector<std::uint32_t> list;
  rows.append(0, rows.rows(), list);
  return list;
}

std::vector<std::uint32_t> visited(RowOrder& order, std::size_t batch) {
  std::vector<std::uint32_t> all;
  for (auto rows = order.next(batch); !rows.empty(); rows = order.next(batch)) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

constexpr std::size_t rows_of_a_group = 4096;

std::vector<std::uint32_t> epoch_of(const PartRows& rows, std::size_t window, std::uint32_t epoch, std::size_t batch = 256,
                                    std::size_t threads = 1) {
  ThreadPool pool(threads);
  RowOrder order(rows, {.seed = 7, .window = window, .group = rows_of_a_group}, pool);
  order.begin(epoch);
  return visited(order, batch);
}

TEST(RowOrder, VisitsEveryRowOnceWhateverTheWindow) {
  for (const PartRows& rows : {all(50000), PartRows(30001, {0.7, 3}, Part::training), all(5), all(4096)}) {
    for (const std::size_t window : {1UL, 4096UL, 10000UL, 1000000UL}) {
      std::vector<std::uint32_t> visits = epoch_of(rows, window, 1);
      EXPECT_NE(visits, list_of(rows));
      std::sort(visits.begin(), visits.end());
      EXPECT_EQ(visits, list_of(rows)) << window;
    }
  }
}

TEST(RowOrder, DependsOnNeitherBatchSizeNorThreads) {
  const PartRows rows = all(40000);
  const std::vector<std::uint32_t> order = epoch_of(rows, 8192, 3);
  for (const std::size_t batch : {1UL, 100UL, 9000UL, 100000UL}) {
    EXPECT_EQ(epoch_of(rows, 8192, 3, batch, 3), order);
  }
  EXPECT_NE(epoch_of(rows, 8192, 4), order);
}

TEST(RowOrder, AWindowOfAllRowsIsOnePermutation) {
  const PartRows rows(1000, {0.5, 1}, Part::training);
  const std::vector<std::uint32_t> order = epoch_of(rows, 1000, 5);
  const Permutation permutation(rows.size(), 7, Purpose::row_order, 5);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(order[i], rows[permutation(i)]);
  }
}

TEST(RowOrder, GoesOnFromAnyPlace) {
  const PartRows rows = all(30000);
  const std::vector<std::uint32_t> whole = epoch_of(rows, 8192, 2);
  ThreadPool pool(1);
  for (const bool shuffle : {true, false}) {
    RowOrder order(rows, {.seed = 7, .shuffle = shuffle, .window = 8192, .group = rows_of_a_group}, pool);
    for (const std::size_t place : {0UL, 1UL, 8191UL, 8192UL, 20000UL, 30000UL}) {
      order.begin(2, place);
      const auto& expected = shuffle ? whole : list_of(rows);
      EXPECT_EQ(visited(order, 512), std::vector<std::uint32_t>(expected.begin() + static_cast<std::ptrdiff_t>(place), expected.end()));
    }
  }
}

TEST(RowOrder, MixesGroupsFromAllOverTheFile) {
  const PartRows rows = all(100 * rows_of_a_group);
  const std::vector<std::uint32_t> order = epoch_of(rows, 10 * rows_of_a_group, 1, 10 * rows_of_a_group);
  const double mean = std::accumulate(order.begin(), order.begin() + 10 * rows_of_a_group, 0.0) / (10.0 * rows_of_a_group);
  EXPECT_NEAR(mean / static_cast<double>(rows.size()), 0.5, 0.3);
}

TEST(RowOrder, TellsTheGroupsOfAWindowBeforeItIsVisited) {
  const PartRows rows = all(30000);
  ThreadPool pool(1);
  std::vector<std::uint32_t> told;
  std::vector<std::uint32_t> promised;
  OrderOptions options{.seed = 7, .window = 8192, .group = rows_of_a_group};
  options.on_window = [&](std::span<const std::uint32_t> groups, std::span<const std::uint32_t> next) {
    if (!told.empty()) {
      EXPECT_TRUE(std::equal(groups.begin(), groups.end(), promised.begin(), promised.end()));
    }
    told.assign(groups.begin(), groups.end());
    promised.assign(next.begin(), next.end());
  };
  RowOrder order(rows, options, pool);
  for (const std::size_t place : {0UL, 10000UL}) {
    told.clear();
    order.begin(2, place);
    for (auto batch = order.next(1); !batch.empty(); batch = order.next(1)) {
      EXPECT_NE(std::find(told.begin(), told.end(), batch.front() / rows_of_a_group), told.end());
    }
  }
}

TEST(PartRows, CountsAndFindsRowsWithoutAList) {
  const Split split{0.3, 4};
  const PartRows training(20000, split, Part::training);
  const PartRows held_out(20000, split, Part::held_out);
  EXPECT_EQ(training.size() + held_out.size(), 20000U);
  for (const PartRows* part : {&training, &held_out}) {
    const std::vector<std::uint32_t> list = list_of(*part);
    ASSERT_EQ(list.size(), part->size());
    for (std::size_t place = 0; place < list.size(); place += 97) {
      EXPECT_EQ((*part)[place], list[place]);
      EXPECT_EQ(split.holds_out(list[place]), part == &held_out);
    }
  }
}

}  // namespace
}  // namespace fallline
