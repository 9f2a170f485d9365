// SPDX-License-Identifier: Apache-2.0
// The features of a block of rows, dense or as entries of a sparse matrix. Columns are the outer loop, so each coding is looked at once.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "fallline/data/encode/bind.hpp"
#include "fallline/data/encode/matrix.hpp"

namespace fallline::encoding {

/// feature = (x - center) * scale: in double, rounded to T once.
template <class T>
T number_feature(const NumberCoding& coding, double x) {
  const double rounded = coding.wide ? x : static_cast<double>(static_cast<float>(x));
  const double seen = std::isnan(x) ? coding.impute : rounded;
  return static_cast<T>((seen - coding.center) * coding.scale);
}

/// The feature of a text cell, or nowhere. `cells` holds numbers where the whole column is missing.
inline std::uint32_t text_feature(const BoundColumn& column, const Column& cells, std::size_t row) {
  return column.feature_of[cells.codes.empty() ? 0 : static_cast<std::size_t>(cells.codes[row] + 1)];
}

/// Fills rows [first, last) of the chunk into `rows`: [last - first, stride], zero at the start. False where a feature is not finite.
template <class T>
bool fill_dense(const Chunk& chunk, const Binding& binding, std::size_t first, std::size_t last, std::size_t stride, T* rows) {
  bool finite = true;
  for (const BoundColumn& column : binding.features) {
    const Column& cells = chunk.columns[column.chunk_column];
    if (column.coding->type == ColumnType::text) {
      for (std::size_t i = first; i < last; ++i) {
        const std::uint32_t feature = text_feature(column, cells, i);
        if (feature != nowhere) {
          rows[(i - first) * stride + feature] = 1;
        }
      }
      continue;
    }
    const NumberCoding coding = column.coding->number;
    T* into = rows + column.coding->first;
    for (std::size_t i = first; i < last; ++i, into += stride) {
      into[0] = number_feature<T>(coding, cells.numbers[i]);
      finite = finite && std::isfinite(into[0]);
      if (coding.indicator && std::isnan(cells.numbers[i])) {
        into[1] = 1;
      }
    }
  }
  if (binding.matrix != nullptr) {
    finite = fill_matrix(chunk.matrix, *binding.matrix, first, last, stride, rows) && finite;
  }
  return finite;
}

/// How many entries row i has.
inline std::uint64_t count_entries(const Chunk& chunk, const Binding& binding, std::size_t i) {
  std::uint64_t entries = binding.matrix != nullptr ? chunk.matrix.starts[i + 1] - chunk.matrix.starts[i] : 0;
  for (const BoundColumn& column : binding.features) {
    const Column& cells = chunk.columns[column.chunk_column];
    if (column.coding->type == ColumnType::text) {
      entries += text_feature(column, cells, i) != nowhere ? 1 : 0;
    } else {
      entries += column.coding->number.indicator && std::isnan(cells.numbers[i]) ? 2 : 1;
    }
  }
  return entries;
}

/// Writes the entries of row i, columns ascending. False where a feature is not finite.
template <class T>
bool fill_entries(const Chunk& chunk, const Binding& binding, std::size_t i, std::uint32_t* columns, T* values) {
  bool finite = true;
  for (const BoundColumn& column : binding.features) {
    const Column& cells = chunk.columns[column.chunk_column];
    if (column.coding->type == ColumnType::text) {
      const std::uint32_t feature = text_feature(column, cells, i);
      if (feature != nowhere) {
        *columns++ = feature;
        *values++ = 1;
      }
      continue;
    }
    *columns++ = static_cast<std::uint32_t>(column.coding->first);
    *values = number_feature<T>(column.coding->number, cells.numbers[i]);
    finite = finite && std::isfinite(*values++);
    if (column.coding->number.indicator && std::isnan(cells.numbers[i])) {
      *columns++ = static_cast<std::uint32_t>(column.coding->first) + 1;
      *values++ = 1;
    }
  }
  if (binding.matrix != nullptr) {
    finite = fill_matrix_entries(chunk.matrix, *binding.matrix, i, columns, values) && finite;
  }
  return finite;
}

}  // namespace fallline::encoding
