// SPDX-License-Identifier: Apache-2.0
// Mat<T>: a view of a row-major matrix (pointer, rows, columns, stride). Vectors are std::span. Views own nothing.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "fallline/base/expects.hpp"

namespace fallline {

template <class T>
class Mat {
 public:
  Mat() = default;
  Mat(T* data, std::size_t rows, std::size_t cols) : Mat(data, rows, cols, cols) {}
  Mat(T* data, std::size_t rows, std::size_t cols, std::size_t stride) : data_(data), rows_(rows), cols_(cols), stride_(stride) {
    expects(stride >= cols, "a row of a matrix fits in its stride");
  }
  template <class U>
    requires std::is_same_v<const U, T>
  Mat(const Mat<U>& other) : Mat(other.data(), other.rows(), other.cols(), other.stride()) {}  // NOLINT(google-explicit-constructor)

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t stride() const { return stride_; }
  T* data() const { return data_; }
  std::span<T> row(std::size_t i) const { return {data_ + i * stride_, cols_}; }
  T& operator()(std::size_t i, std::size_t j) const { return data_[i * stride_ + j]; }
  /// Rows [first, first + count).
  Mat rows(std::size_t first, std::size_t count) const {
    expects(first + count <= rows_, "a slice of rows lies inside its matrix");
    return {data_ + first * stride_, count, cols_, stride_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::size_t stride_ = 0;
};

}  // namespace fallline
