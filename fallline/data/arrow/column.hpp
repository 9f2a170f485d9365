// SPDX-License-Identifier: Apache-2.0
// One column of a table as it grows, array after array: of the type the field has by itself, or of a declared one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/arrow/cells.hpp"
#include "fallline/data/csv/dictionary.hpp"
#include "fallline/data/kept/stash.hpp"
#include "fallline/data/table.hpp"

namespace fallline::c_data {

/// What was noticed on the way, over all arrays.
struct ColumnNotice {
  std::uint64_t cells = 0;          // not missing
  std::uint64_t nans = 0;           // NaN in a column of numbers, which counts as missing
  std::uint64_t missing_texts = 0;  // texts that mean a missing cell
  bool inexact = false;             // whole numbers beyond 2^53
};

class ColumnGrower {
 public:
  /// missing: the texts that mean a missing cell; they outlive the column.
  ColumnGrower(ColumnType type, const std::vector<std::string>& missing) : type_(type), missing_(&missing) {}

  /// The cells of one array; texts as codes in the order of their first sight. `file` and `first_row` (of that file) stand in errors.
  Result<Column> take(const Field& field, const Stretch& cells, const std::string& file, std::uint64_t first_row);

  /// Turns the codes of all chunks (column `at` of each) into places among the sorted levels that occur, and returns these. Texts that mean
  /// a missing cell become missing.
  Result<std::vector<std::string>> settle_levels(kept::Stash& stash, std::vector<kept::KeptChunk>& chunks, std::size_t at);

  ColumnNotice notice;

 private:
  Result<Column> take_numbers(const Field& field, const Stretch& cells);
  Result<Column> numbers_of_texts(const Field& field, const Stretch& cells);
  Column take_texts(const Field& field, const Stretch& cells);
  Result<Column> take_indexed(const Field& field, const Stretch& cells, const std::string& file, std::uint64_t first_row);

  ColumnType type_;
  const std::vector<std::string>* missing_;
  csv::Dictionary dictionary_;
  std::int64_t bad_row_ = 0;  // of the stretch, where the last error is
};

}  // namespace fallline::c_data
