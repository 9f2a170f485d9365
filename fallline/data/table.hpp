// SPDX-License-Identifier: Apache-2.0
// The columns that every source yields, laid out as the Arrow C data interface has them: numbers with a validity, or dictionary codes.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "fallline/math/buffer.hpp"

namespace fallline {

/// time: numbers that count the unit told in ColumnInfo, parsed from dates and times.
enum class ColumnType { number, text, time };

/// Units of time columns: whole dates count days, dates with a time count seconds.
inline constexpr const char* days_unit = "days since 1970-01-01";
inline constexpr const char* seconds_unit = "seconds since 1970-01-01 00:00 UTC";
inline double seconds_in(const std::string& unit) { return unit == days_unit ? 86400 : 1; }

/// The name and type of one column, decided on the whole column. unit: of a time column.
struct ColumnInfo {
  std::string name;
  ColumnType type = ColumnType::number;
  std::string unit = {};
};

/// Whether the cells of such a column are numbers.
constexpr bool holds_numbers(ColumnType type) { return type != ColumnType::text; }

/// The values of one column for a run of rows. A missing number is NaN, a missing text is code -1; no other value is NaN or negative.
/// numbers: [rows] where the type holds numbers; codes: [rows] into `Schema::levels[column]` where it is text.
struct Column {
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
};

/// Rows of numbered features of which most are zero: the entries of row i are [starts[i], starts[i + 1]), columns ascending.
struct SparseRows {
  std::vector<std::uint64_t> starts;
  Buffer<std::uint32_t> columns;
  Buffer<double> values;
};

/// A run of consecutive rows. columns: one for each column of the schema that was asked for, in its order. matrix: of a source whose
/// schema has one, always.
struct Chunk {
  std::uint64_t first_row = 0;
  std::size_t rows = 0;
  std::vector<Column> columns;
  SparseRows matrix = {};
};

/// Of the values of a number column that are not missing. spread: the population standard deviation. low, high: infinite where there is
/// none.
struct NumberFacts {
  std::uint64_t present = 0;
  std::uint64_t missing = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  double mean = 0;
  double spread = 0;
};

/// What a scan of a whole source found. levels[column]: the distinct texts of a text column, sorted by bytes; empty for numbers. missing:
/// the texts that stood for a missing cell. matrix: how many numbered features stand beside the columns (LIBSVM), 0 for none;
/// matrix_first: the number that the file gives the first of them. matrix_input: the format is one matrix of numbers (.npy, IDX), so the
/// model's graph takes one input x [rows, features]. target: the column that the format says is to be predicted, or empty.
/// matrix_entries: of all rows, at most. numbers[column]: what the scan told of a number column on its way; none, or empty altogether,
/// where another pass has to.
struct Schema {
  std::vector<ColumnInfo> columns;
  std::vector<std::vector<std::string>> levels;
  std::uint64_t rows = 0;
  std::vector<std::string> missing = {};
  std::size_t matrix = 0;
  bool matrix_input = false;
  std::uint32_t matrix_first = 0;
  std::string target = {};
  std::uint64_t matrix_entries = 0;
  std::vector<std::optional<NumberFacts>> numbers = {};
};

}  // namespace fallline
