// SPDX-License-Identifier: Apache-2.0
// Rows<T>: a view of encoded rows, dense or CSR, that models and kernels read.
#pragma once

#include <cstdint>
#include <span>

#include "fallline/base/views.hpp"

namespace fallline {

template <class T>
struct Rows {
  std::size_t rows = 0;
  std::size_t features = 0;
  bool sparse = false;
  Mat<const T> dense = {};                     // [rows, features] where not sparse
  std::span<const std::uint64_t> starts = {};  // [rows + 1] where sparse: row i has the entries [starts[i], starts[i + 1])
  std::span<const std::uint32_t> columns = {};
  std::span<const T> values = {};
  std::span<const T> target = {};  // [rows, targets]
  std::size_t targets = 1;
  std::span<const T> weight = {};  // [rows] or empty: every row weighs 1
};

/// What a pass has to know of all rows of a data set, whichever of them it sees at a time.
struct Whole {
  double mean_weight = 1;
  double row_values = 0;  // of sparse rows: stored values a row in the mean
};

/// 1 where every row weighs 1.
template <class T>
double mean_weight(const Rows<T>& rows) {
  double sum = 0;
  for (const T w : rows.weight) {
    sum += static_cast<double>(w);
  }
  return rows.weight.empty() ? 1 : sum / static_cast<double>(rows.weight.size());
}

template <class T>
Whole whole_of(const Rows<T>& rows) {
  return {mean_weight(rows),
          rows.sparse ? static_cast<double>(rows.values.size()) / static_cast<double>(rows.rows > 0 ? rows.rows : 1) : 0};
}

}  // namespace fallline
