// SPDX-License-Identifier: Apache-2.0
// The products that linear models are made of, for a block of rows given by pointers (a block that stays in the first cache):
//   dot_rows: out[i] = <rows[i], w>            add_rows: sum[j] += slopes[0] rows[0][j] + slopes[1] rows[1][j] + ...
// The plain versions are the reference; the fast ones are compiled for several instruction sets and picked once at start-up. A row's dot
// product depends on that row alone, and the order of every sum is fixed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fallline {

/// rows: [count] pointers to n values; w: [n]; out: [count].
template <class T>
void dot_rows(const T* const* rows, std::size_t count, const T* w, std::size_t n, T* out);
template <class T>
void dot_rows_plain(const T* const* rows, std::size_t count, const T* w, std::size_t n, T* out);

/// slopes: [count]; sum: [n], added to in double once a block, so that errors do not grow with the number of rows.
template <class T>
void add_rows(const T* const* rows, const T* slopes, std::size_t count, std::size_t n, double* sum);
template <class T>
void add_rows_plain(const T* const* rows, const T* slopes, std::size_t count, std::size_t n, double* sum);

/// One sparse row: columns and values [count] against w. Inline, for rows may be as short as the call is long.
template <class T>
T dot_sparse(const std::uint32_t* columns, const T* values, std::size_t count, const T* w) {
  T a = 0, b = 0, c = 0, d = 0;  // one after the other would wait for each addition
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    a += values[k] * w[columns[k]];
    b += values[k + 1] * w[columns[k + 1]];
    c += values[k + 2] * w[columns[k + 2]];
    d += values[k + 3] * w[columns[k + 3]];
  }
  for (; k < count; ++k) {
    a += values[k] * w[columns[k]];
  }
  return (a + b) + (c + d);
}

template <class T>
void add_sparse(const std::uint32_t* columns, const T* values, std::size_t count, T slope, double* sum) {
  for (std::size_t k = 0; k < count; ++k) {
    sum[columns[k]] += static_cast<double>(slope * values[k]);
  }
}

/// out[j] = scale sum[j] for n sums, which are 0 again after it.
template <class T>
void take_sums(double* sum, std::size_t n, double scale, T* out);

/// Rows that a block of width n should hold so that it stays in the first cache: a function of n alone.
std::size_t block_rows(std::size_t n, std::size_t bytes_of_value);

}  // namespace fallline
