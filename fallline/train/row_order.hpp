// SPDX-License-Identifier: Apache-2.0
// The order in which an epoch visits the rows: a function of (seed, purpose, epoch, position), never of threads, memory or file format.
//
// Up to a window of rows they are shuffled as a whole. More rows are cut into groups of neighbours; the groups take turns in a random
// order, and the rows of as many groups as make a window are shuffled among themselves. So a window is read in a few long stretches and
// then visited at random, and no list of all rows is needed.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fallline/base/random.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

/// Rows of a data set that are read together. Part of what a seed means: never changed.
inline constexpr std::size_t rows_of_a_group = 4096;

/// The window where the user names none: as many rows as 192 MiB hold in float, whatever the memory.
std::size_t usual_window(double bytes_of_a_row);

/// shuffle: false: as they lie. on_group: told of the first row and the number of rows of each group before a window with it is visited.
struct OrderOptions {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::row_order;
  bool shuffle = true;
  std::size_t window = rows_of_a_group;
  std::function<void(std::size_t first, std::size_t rows)> on_group = {};
};

class RowOrder {
 public:
  /// rows: ascending; they and the pool outlive the order.
  RowOrder(std::span<const std::uint32_t> rows, OrderOptions options, ThreadPool& pool);

  /// To the start of an epoch, or to its position `place`.
  void begin(std::uint32_t epoch, std::size_t place = 0);

  /// The next rows of the epoch, `most` of them as long as there are so many; valid until the next call.
  std::span<const std::uint32_t> next(std::size_t most);

 private:
  bool fill();
  std::span<const std::uint32_t> group(std::size_t number) const;

  std::span<const std::uint32_t> rows_;
  OrderOptions options_;
  ThreadPool& pool_;
  std::size_t groups_ = 0;  // 0: one window holds all rows
  std::uint32_t epoch_ = 0;
  std::size_t place_ = 0;             // in the order as it lies
  std::size_t window_ = 0;            // the next to be filled
  std::vector<std::uint32_t> ready_;  // shuffled rows,
  std::size_t taken_ = 0;             // and how many of them are visited
};

}  // namespace fallline
