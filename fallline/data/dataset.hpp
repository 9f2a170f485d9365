// SPDX-License-Identifier: Apache-2.0
// Dataset<T>: encoded rows in memory, dense or CSR, with target and weight. What training loops read.
#pragma once

#include <cstdint>
#include <vector>

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
  std::vector<std::uint64_t> starts;
  std::vector<std::uint32_t> columns;
  std::vector<T> values;

  std::size_t targets = 1;  // more than 1: numbers that are predicted at once
  std::vector<T> target;    // [rows, targets] a number, or the class index for classification
  std::vector<T> weight;    // [rows], or empty: every row weighs 1

  Rows<T> view() const;
};

}  // namespace fallline
