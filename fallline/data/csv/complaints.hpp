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

/// Counts over a whole column that was read as numbers, with the place of the first cell that is none.
struct ColumnTally {
  std::uint64_t cells = 0;  // not missing
  std::uint64_t bad = 0;
  std::uint64_t too_large = 0;
  const char* first = nullptr;  // the first bad cell, or too large one where none is bad
  const FileText* file = nullptr;
};

Error header_fault(const FileText& file, const char* at, std::size_t column, FaultKind kind);
Error record_fault(const FileText& file, const Fault& fault, const std::vector<std::string>& names);
Error other_columns(const FileText& file, const char* at, const std::vector<std::string>& names, const std::vector<std::string>& expected);
Error bad_number(const ColumnTally& tally, const std::string& name, bool declared, bool header, const Dialect& dialect);
Error too_large(const ColumnTally& tally, const std::string& name, const Dialect& dialect);
Error not_text(const FileText& file, const char* at);
Error not_utf8(const FileText& file, const char* at, const std::string& what);

bool is_utf8(std::string_view text);

}  // namespace fallline::csv
