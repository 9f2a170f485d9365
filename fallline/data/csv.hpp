// SPDX-License-Identifier: Apache-2.0
// The CSV reader: quoted text (commas, newlines, doubled quotes), text and time columns, missing values, types decided on whole columns,
// every fault told with file, line, column name and value. Threads take byte ranges wherever the quotes allow it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/source.hpp"

namespace fallline {

enum class TextEncoding { utf8, latin1, windows1252, utf16 };

/// "utf-8", "latin1", "windows-1252", "utf-16", in the order of the enum; and back, in any case and with common other names.
std::string_view encoding_name(TextEncoding encoding);
std::optional<TextEncoding> encoding_named(std::string_view name);

struct CsvOptions {
  std::optional<bool> header = std::nullopt;     // nothing: decided from the first lines, and told in notes()
  std::optional<char> delimiter = std::nullopt;  // nothing: a comma; a file that only another mark parts into columns is refused
  char decimal = '.';
  std::optional<char> comment = std::nullopt;                         // lines that begin with it are passed over
  std::optional<TextEncoding> encoding = std::nullopt;                // nothing: UTF-8, or UTF-16 where the file's first bytes say so
  std::vector<std::string> missing = {"", "NA", "NaN", "null", "?"};  // "" is the empty cell
  std::map<std::string, ColumnType> types = {};                       // by column name; what is not declared is decided by the scan
  bool only_declared = false;  // columns that are not declared are passed over: named in the schema, never judged, never read
  Memory* memory = nullptr;    // the ceiling that the source keeps, which must outlive it; null: none
};

/// Opens files of the same columns, read one after the other. A file that does not exist or is empty is a data error.
Result<std::unique_ptr<Source>> open_csv(std::vector<std::string> paths, CsvOptions options);

/// As above, from text in memory; `name` stands in messages.
Result<std::unique_ptr<Source>> csv_from_text(std::string text, std::string name, CsvOptions options);

}  // namespace fallline
