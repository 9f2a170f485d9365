// SPDX-License-Identifier: Apache-2.0
// The columns that every source yields, laid out as the Arrow C data interface has them: numbers with a validity, or dictionary codes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fallline {

enum class ColumnType { number, text };

/// The name and type of one column, decided on the whole column.
struct ColumnInfo {
  std::string name;
  ColumnType type = ColumnType::number;
};

/// The values of one column for a run of rows. A missing number is NaN, a missing text is code -1; no other value is NaN or negative.
/// numbers: [rows] where type is number; codes: [rows] into `Schema::levels[column]` where it is text.
struct Column {
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
};

/// A run of consecutive rows. columns: one for each column of the schema that was asked for, in its order.
struct Chunk {
  std::uint64_t first_row = 0;
  std::size_t rows = 0;
  std::vector<Column> columns;
};

/// What a scan of a whole source found. levels[column]: the distinct texts of a text column, sorted by bytes; empty for numbers. missing:
/// the texts that stood for a missing cell.
struct Schema {
  std::vector<ColumnInfo> columns;
  std::vector<std::vector<std::string>> levels;
  std::uint64_t rows = 0;
  std::vector<std::string> missing = {};
};

}  // namespace fallline
