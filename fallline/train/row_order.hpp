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
#include "fallline/train/part_rows.hpp"

namespace fallline {

/// The window where the user names none: as many rows as 64 MiB hold, whatever the memory.
std::size_t usual_window(double bytes_of_a_row);

/// shuffle: false: as they lie. window and group: in rows. on_window: called with the groups whose rows come next, and with those that come
/// after them, none at the end.
struct OrderOptions {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::row_order;
  bool shuffle = true;
  std::size_t window = 4096;
  std::size_t group = 4096;
  std::function<void(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> next)> on_window = {};
};

class RowOrder {
 public:
  /// The rows and the pool outlive the order.
  RowOrder(const PartRows& rows, OrderOptions options, ThreadPool& pool);

  /// To the start of an epoch, or to its position `place`.
  void begin(std::uint32_t epoch, std::size_t place = 0);

  /// The next rows of the epoch, `most` of them as long as there are so many; valid until the next call.
  std::span<const std::uint32_t> next(std::size_t most);

 private:
  bool fill();
  void tell_window() const;
  std::size_t windows() const { return (groups_ + groups_of_a_window_ - 1) / groups_of_a_window_; }
  std::vector<std::uint32_t> groups_of(std::size_t window) const;

  const PartRows& rows_;
  OrderOptions options_;
  ThreadPool& pool_;
  std::size_t groups_ = 0;
  std::size_t groups_of_a_window_ = 1;
  std::uint32_t epoch_ = 0;
  std::size_t window_ = 0;            // the next to be filled
  std::vector<std::uint32_t> ready_;  // rows in the order of the epoch,
  std::size_t taken_ = 0;             // and how many of them are visited
};

}  // namespace fallline
