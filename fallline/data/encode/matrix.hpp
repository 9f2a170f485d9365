// SPDX-License-Identifier: Apache-2.0
// Numbered features (LIBSVM): each is divided by its largest size in training and never centred, so that what is zero stays zero.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// Fitted on rows of which none is held out. The scale is left out where it changes nothing.
Result<MatrixCoding> fit_matrix(Source& training_rows, const Schema& schema, const EncoderOptions& options, ThreadPool& pool);

/// The coding of the encoder, or a null pointer where it has none; a data error where the data is not numbered as in training.
Result<const MatrixCoding*> bind_matrix(const Schema& schema, const Encoder& encoder);

/// The rows of that many, in their order.
SparseRows picked_rows(const SparseRows& matrix, const std::vector<std::size_t>& rows);

/// Names the first entry that T cannot hold once it is scaled.
template <class T>
Error matrix_too_large(const Chunk& chunk, const MatrixCoding& coding);

/// The rows with the entries of the features that are kept alone, numbered by their places among them.
SparseRows kept_entries(const SparseRows& matrix, const std::vector<std::uint32_t>& kept);

/// In double, rounded to T once.
template <class T>
T matrix_feature(const MatrixCoding& coding, std::uint32_t column, double x) {
  const double seen = coding.wide ? x : static_cast<double>(static_cast<float>(x));
  return static_cast<T>(coding.scale.empty() ? seen : seen * coding.scale[column]);
}

/// The entries of rows [first, last) into `rows`: [last - first, stride]. False where a feature is not finite.
template <class T>
bool fill_matrix(const SparseRows& matrix, const MatrixCoding& coding, std::size_t first, std::size_t last, std::size_t stride, T* rows) {
  bool finite = true;
  for (std::size_t row = first; row < last; ++row) {
    T* into = rows + (row - first) * stride + coding.first;
    for (std::uint64_t i = matrix.starts[row]; i < matrix.starts[row + 1]; ++i) {
      const T feature = matrix_feature<T>(coding, matrix.columns[i], matrix.values[i]);
      finite = finite && std::isfinite(feature);
      into[matrix.columns[i]] = feature;
    }
  }
  return finite;
}

/// The entries of one row. False where a feature is not finite.
template <class T>
bool fill_matrix_entries(const SparseRows& matrix, const MatrixCoding& coding, std::size_t row, std::uint32_t* columns, T* values) {
  bool finite = true;
  for (std::uint64_t i = matrix.starts[row]; i < matrix.starts[row + 1]; ++i) {
    *columns++ = static_cast<std::uint32_t>(coding.first) + matrix.columns[i];
    *values = matrix_feature<T>(coding, matrix.columns[i], matrix.values[i]);
    finite = finite && std::isfinite(*values++);
  }
  return finite;
}

}  // namespace fallline::encoding
