// SPDX-License-Identifier: Apache-2.0
// Dataset<T>: encoded rows, dense or CSR, in memory or in a store.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fallline/math/buffer.hpp"
#include "fallline/math/rows.hpp"

namespace fallline {

/// The most rows of a group. Groups of neighbouring rows are read together and take turns in the order of an epoch (train/row_order.hpp):
/// part of what a seed means, never changed.
inline constexpr std::size_t most_rows_of_a_group = 4096;

/// A power of two. Groups of wide rows are smaller. A function of the data alone.
inline std::size_t rows_of_a_group(double bytes_of_a_row) {
  constexpr double bytes = 4.0 * (1U << 20U);
  const double rows = bytes / std::max(1.0, bytes_of_a_row);
  return std::bit_floor(static_cast<std::size_t>(std::clamp(rows, 16.0, static_cast<double>(most_rows_of_a_group))));
}

template <class T>
class RowStore;

template <class T>
struct Dataset {
  std::size_t rows = 0;
  std::size_t features = 0;
  bool sparse = false;

  std::size_t stride = 0;  // dense: [rows, stride], of which `features` values each are used
  Buffer<T> dense;

  // CSR: the entries of row i are [starts[i], starts[i + 1]), columns ascending
  Buffer<std::uint64_t> starts;
  Buffer<std::uint32_t> columns;
  Buffer<T> values;

  std::size_t targets = 1;  // more than 1: numbers that are predicted at once
  Buffer<T> target;         // [rows, targets] a number, or the class index for classification
  Buffer<T> weight;         // [rows], or empty: every row weighs 1

  std::size_t group_rows = most_rows_of_a_group;
  std::shared_ptr<RowStore<T>> store;  // that the rows come from; then all arrays are empty
  std::shared_ptr<const void> share;   // of the run's memory, given back with the data

  /// Of rows in memory.
  Rows<T> view() const;
};

/// Appends rows of a view to data that is in memory.
template <class T>
void append_rows(const Rows<T>& from, std::span<const std::uint32_t> picked, Dataset<T>& to);

/// No rows, of the same kind as those of `data`.
template <class T>
Dataset<T> empty_like(const Dataset<T>& data);

}  // namespace fallline
