// SPDX-License-Identifier: Apache-2.0
// Dataset<T>: encoded rows, dense or CSR, with target and weight. What training loops read. They are in memory, or mapped from a file where
// they do not fit (encode): nobody who reads them sees the difference.
#pragma once

#include <cstdint>
#include <memory>

#include "fallline/math/buffer.hpp"
#include "fallline/math/rows.hpp"

namespace fallline {

template <class T>
struct Dataset {
  std::size_t rows = 0;
  std::size_t features = 0;
  bool sparse = false;

  // dense: [rows, stride], the columns past `features` are zero
  std::size_t stride = 0;
  Buffer<T> dense;

  // CSR: the entries of row i are [starts[i], starts[i + 1]), columns ascending
  Buffer<std::uint64_t> starts;
  Buffer<std::uint32_t> columns;
  Buffer<T> values;

  std::size_t targets = 1;  // more than 1: numbers that are predicted at once
  Buffer<T> target;         // [rows, targets] a number, or the class index for classification
  Buffer<T> weight;         // [rows], or empty: every row weighs 1

  std::shared_ptr<ScratchRoom> room;  // where the arrays stand; null: in memory
  std::shared_ptr<const void> share;  // of the run's memory, given back with the data

  Rows<T> view() const;

  /// All arrays, which are empty still, are to stand in the room.
  void place_in(std::shared_ptr<ScratchRoom> where);
};

}  // namespace fallline
