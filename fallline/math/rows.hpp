// SPDX-License-Identifier: Apache-2.0
// Rows<T>: a view of encoded rows, dense or CSR, that models and kernels read.
#pragma once

#include <cstdint>
#include <span>

#include "fallline/base/memory.hpp"
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
  Memory* memory = nullptr;        // that watches the pages of the arrays, where these are mapped from a file

  /// To be told before so many rows are read that may lie anywhere.
  void about_to_read(std::size_t count) const {
    constexpr std::size_t mapped_at_a_touch = std::size_t{1} << 16U;  // the system maps some neighbours of a page along with it
    if (memory != nullptr) {
      memory->touched(count * mapped_at_a_touch);
    }
  }
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

}  // namespace fallline
