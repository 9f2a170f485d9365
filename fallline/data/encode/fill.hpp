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

/// The number of a cell in the unit of the model.
inline double cell_number(const BoundColumn& column, const Column& cells, std::size_t row) { return cells.numbers[row] * column.factor; }

/// Where a text cell stands in what is bound for each level, missing first. `cells` holds numbers where the whole column is missing.
inline std::size_t text_place(const Column& cells, std::size_t row) {
  return cells.codes.empty() ? 0 : static_cast<std::size_t>(cells.codes[row] + 1);
}

/// The feature of a text cell, or nowhere.
inline std::uint32_t text_feature(const BoundColumn& column, const Column& cells, std::size_t row) {
  return column.feature_of[text_place(cells, row)];
}

/// Calls put(feature, value) for what a cell makes that is not zero by nature, features ascending; false where a value is not finite.
template <class T, class Put>
bool each_entry(const BoundColumn& column, const Column& cells, std::size_t row, Put&& put) {
  if (column.coding->type == ColumnType::text && column.coding->hash.words) {
    column.words.each(text_place(cells, row), [&](std::uint32_t feature, double value) { put(feature, static_cast<T>(value)); });
    return true;
  }
  if (column.coding->type == ColumnType::text) {
    const std::uint32_t feature = text_feature(column, cells, row);
    if (feature != nowhere) {
      put(feature, T(1));
    }
    return true;
  }
  const double x = cell_number(column, cells, row);
  const auto first = static_cast<std::uint32_t>(column.coding->first);
  const T value = number_feature<T>(column.coding->number, x);
  put(first, value);
  if (column.coding->number.indicator && std::isnan(x)) {
    put(first + 1, T(1));
  }
  return std::isfinite(value);
}

/// As each_entry, for the products of two columns.
template <class T, class Put>
bool each_product(const Chunk& chunk, const Binding& binding, const BoundCross& cross, std::size_t row, Put&& put) {
  const BoundColumn& left = binding.features[cross.left];
  const BoundColumn& right = binding.features[cross.right];
  bool finite = true;
  each_entry<T>(left, chunk.columns[left.chunk_column], row, [&](std::uint32_t i, T a) {
    const std::size_t from = cross.coding->first + (i - left.coding->first) * right.coding->features;
    each_entry<T>(right, chunk.columns[right.chunk_column], row, [&](std::uint32_t j, T b) {
      const T product = a * b;
      finite = finite && std::isfinite(product);
      put(static_cast<std::uint32_t>(from + (j - right.coding->first)), product);
    });
  });
  return finite;
}

/// Fills rows [first, last) of the chunk into `rows`: [last - first, stride], zero at the start. False where a feature is not finite.
template <class T>
bool fill_dense(const Chunk& chunk, const Binding& binding, std::size_t first, std::size_t last, std::size_t stride, T* rows) {
  bool finite = true;
  for (const BoundColumn& column : binding.features) {
    const Column& cells = chunk.columns[column.chunk_column];
    if (column.coding->type == ColumnType::text) {
      for (std::size_t i = first; i < last; ++i) {
        each_entry<T>(column, cells, i, [&](std::uint32_t feature, T value) { rows[(i - first) * stride + feature] = value; });
      }
      continue;
    }
    const NumberCoding coding = column.coding->number;
    T* into = rows + column.coding->first;
    for (std::size_t i = first; i < last; ++i, into += stride) {
      into[0] = number_feature<T>(coding, cell_number(column, cells, i));
      finite = finite && std::isfinite(into[0]);
      if (coding.indicator && std::isnan(cells.numbers[i])) {
        into[1] = 1;
      }
    }
  }
  for (const BoundCross& cross : binding.crosses) {
    for (std::size_t i = first; i < last; ++i) {
      const auto put = [&](std::uint32_t feature, T value) { rows[(i - first) * stride + feature] = value; };
      finite = each_product<T>(chunk, binding, cross, i, put) && finite;
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
  const auto count = [&](std::uint32_t, float) { ++entries; };
  for (const BoundColumn& column : binding.features) {
    each_entry<float>(column, chunk.columns[column.chunk_column], i, count);
  }
  for (const BoundCross& cross : binding.crosses) {
    each_product<float>(chunk, binding, cross, i, count);
  }
  return entries;
}

/// Writes the entries of row i, columns ascending. False where a feature is not finite.
template <class T>
bool fill_entries(const Chunk& chunk, const Binding& binding, std::size_t i, std::uint32_t* columns, T* values) {
  bool finite = true;
  const auto put = [&](std::uint32_t feature, T value) {
    *columns++ = feature;
    *values++ = value;
  };
  for (const BoundColumn& column : binding.features) {
    finite = each_entry<T>(column, chunk.columns[column.chunk_column], i, put) && finite;
  }
  for (const BoundCross& cross : binding.crosses) {
    finite = each_product<T>(chunk, binding, cross, i, put) && finite;
  }
  if (binding.matrix != nullptr) {
    finite = fill_matrix_entries(chunk.matrix, *binding.matrix, i, columns, values) && finite;
  }
  return finite;
}

}  // namespace fallline::encoding
