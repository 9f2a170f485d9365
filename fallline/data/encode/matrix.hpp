// SPDX-License-Identifier: Apache-2.0
// Numbered features (LIBSVM): each is divided by its largest size in training and never centred, so that what is zero stays zero.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
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

/// Features of numbers: x * scale in double, rounded to T once.
template <class T>
class MatrixFeatures {
 public:
  explicit MatrixFeatures(const MatrixCoding& coding) : scale_(coding.scale.empty() ? nullptr : coding.scale.data()), wide_(coding.wide) {}

  T operator()(std::uint32_t column, double x) const {
    const double seen = wide_ ? x : static_cast<double>(static_cast<float>(x));
    return static_cast<T>(scale_ == nullptr ? seen : seen * scale_[column]);
  }

 private:
  const double* scale_;
  bool wide_;
};

/// The entries of rows [first, last) into `rows`: [last - first, stride]. False where a feature is not finite.
template <class T>
bool fill_matrix(const SparseRows& matrix, const MatrixCoding& coding, std::size_t first, std::size_t last, std::size_t stride, T* rows) {
  const MatrixFeatures<T> features(coding);
  bool finite = true;
  for (std::size_t row = first; row < last; ++row) {
    T* into = rows + (row - first) * stride + coding.first;
    for (std::uint64_t i = matrix.starts[row]; i < matrix.starts[row + 1]; ++i) {
      const T feature = features(matrix.columns[i], matrix.values[i]);
      finite = finite && std::isfinite(feature);
      into[matrix.columns[i]] = feature;
    }
  }
  return finite;
}

/// The features of some entries. False where one is not finite.
template <class T>
bool fill_features(const MatrixCoding& coding, std::span<const std::uint32_t> columns, const double* x, T* values) {
  const MatrixFeatures<T> features(coding);
  std::size_t faults = 0;  // counted rather than looked at one by one
  for (std::size_t k = 0; k < columns.size(); ++k) {
    values[k] = features(columns[k], x[k]);
    faults += std::isfinite(values[k]) ? 0 : 1;
  }
  return faults == 0;
}

/// The entries of one row. False where a feature is not finite.
template <class T>
bool fill_matrix_entries(const SparseRows& matrix, const MatrixCoding& coding, std::size_t row, std::uint32_t* columns, T* values) {
  const auto first = static_cast<std::size_t>(matrix.starts[row]);
  const auto own = std::span(matrix.columns).subspan(first, static_cast<std::size_t>(matrix.starts[row + 1]) - first);
  std::transform(own.begin(), own.end(), columns, [&](std::uint32_t j) { return static_cast<std::uint32_t>(coding.first) + j; });
  return fill_features(coding, own, matrix.values.data() + first, values);
}

}  // namespace fallline::encoding
