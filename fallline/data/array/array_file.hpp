// SPDX-License-Identifier: Apache-2.0
// ArrayFile: a rectangular array of numbers as it lies in a file (.npy, IDX). The first axis counts rows; all others are columns, the last
// one running fastest. The bytes stay as they are and are turned into double where they are asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline {

enum class ElementKind { boolean, unsigned_whole, whole, real };

/// How one number is written: real of 2 bytes is IEEE half precision.
struct Element {
  ElementKind kind = ElementKind::real;
  std::size_t bytes = 0;
  bool big_endian = false;
};

/// Cell (row, column) begins at data + row * row_stride + offsets[column].
struct ArrayFile {
  csv::FileText file;
  std::size_t data = 0;  // where the numbers begin in the file
  std::uint64_t rows = 0;
  std::size_t row_stride = 0;
  std::vector<std::size_t> offsets;  // one a column
  Element element;
};

/// What a header tells. fortran: the first axis runs fastest.
struct ArrayHeader {
  Element element;
  std::vector<std::uint64_t> shape;
  std::size_t bytes = 0;
  bool fortran = false;
};

/// Checks that the file holds just what its header tells, and lays it out. Data errors name file and byte.
Result<ArrayFile> lay_out(csv::FileText file, const ArrayHeader& header);

/// The numbers of a column from `first_row` on. NaN stays NaN.
void copy_column(const ArrayFile& array, std::size_t column, std::uint64_t first_row, std::span<double> out);

}  // namespace fallline
