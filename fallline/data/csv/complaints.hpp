// SPDX-License-Identifier: Apache-2.0
// The sentences about what is wrong with a file: where, what stands there, what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/csv/records.hpp"

namespace fallline::csv {

/// A kind of cells of a whole column: how many, with the place of the first.
struct Found {
  std::uint64_t count = 0;
  const char* first = nullptr;
  const FileText* file = nullptr;

  void add(const Seen& seen, const FileText& in) {
    if (count == 0 && seen.count > 0) {
      first = seen.first;
      file = &in;
    }
    count += seen.count;
  }
};

/// The tallies of all parts of a column, in the order of the rows.
struct ColumnTally {
  std::uint64_t cells = 0;  // not missing
  Found bad;
  Found out_of_range;
  Found padded;
  Found rounded;
  Found clocks;
};

/// A cell for a person: at most 60 bytes of it, in single quotes, bytes that are no UTF-8 and control characters escaped.
std::string shown(std::string_view text);
/// "--types 'a b=text'", the quotes where a shell wants them.
std::string types_option(const std::string& column, std::string_view type);
/// The cell at `at`, as shown.
std::string cell_at(const FileText& file, const char* at, const Dialect& dialect);

Error header_fault(const FileText& file, const char* at, std::size_t column, FaultKind kind, const Dialect& dialect);
Error record_fault(const FileText& file, const Fault& fault, const std::vector<std::string>& names, const Dialect& dialect);
Error other_columns(const FileText& file, const char* at, const std::string& fault);
/// Cells of a column of numbers or times that are none, or that name no double or day.
Error bad_cell(const ColumnTally& tally, const std::string& name, Use use, bool declared, bool header, const Dialect& dialect);
Error out_of_range(const ColumnTally& tally, const std::string& name, Use use, const Dialect& dialect);
Error not_text(const FileText& file, const char* at);
/// place: "FILE:LINE"; what: "a text in column 'city'"; text: with the bytes that are no UTF-8.
Error not_utf8(const std::string& place, const std::string& what, std::string_view text);
Error no_such_column(const FileText& file, const std::string& name, const std::vector<std::string>& names);
Error no_rows(const FileText& file, bool header);

}  // namespace fallline::csv
