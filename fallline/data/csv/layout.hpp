// SPDX-License-Identifier: Apache-2.0
// Which columns a file has: from its first line if that is a header, told or decided, else c0, c1, ...
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/csv/records.hpp"

namespace fallline::csv {

struct Layout {
  std::vector<std::string> names;
  bool header = false;
};

/// The columns of the first file. Undecided, its first line is a header where no cell of it is a number or missing and all differ.
Result<Layout> layout_of(const FileText& file, const Dialect& dialect, std::optional<bool> header, std::vector<std::string>& notes);

/// The records of a file, its header left out, checked to have the columns of `layout` in their order.
Result<std::string_view> records_of(const FileText& file, const Dialect& dialect, const Layout& layout);

/// A guess from the first records what each column holds, so that most are parsed once; declared types are taken as they are.
std::vector<Use> guess_uses(std::string_view records, const Dialect& dialect, const std::vector<std::optional<ColumnType>>& declared);

}  // namespace fallline::csv
