// SPDX-License-Identifier: Apache-2.0
// Which columns a file has: from its first line if that is a header, told or decided, else c0, c1, ...
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv/cells.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline::csv {

struct Layout {
  std::vector<std::string> names;
  bool header = false;
};

/// The columns of the first file. Undecided, its first line is a header where its cells are distinct texts, none a number, time or missing
/// cell; or where there is no number or time among them and a column has a text there and nothing but numbers or times below.
/// delimiter_given: a file of one column need not be doubted.
Result<Layout> layout_of(const FileText& file, const Dialect& dialect, std::optional<bool> header, bool delimiter_given,
                         std::vector<std::string>& notes);

/// The records of a file, its header left out. order: the place in the layout of each column of the file; empty where it is the same.
/// idle: the lines passed over before the header.
struct FileRecords {
  std::string_view text;
  std::vector<std::size_t> order;
  IdleLines idle;
};

/// The records of a file, checked to have the columns of `layout`: by name where there is a header.
Result<FileRecords> records_of(const FileText& file, const Dialect& dialect, const Layout& layout, std::vector<std::string>& notes);

}  // namespace fallline::csv
