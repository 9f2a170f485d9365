// SPDX-License-Identifier: Apache-2.0
// The CSV reader: quoted text (commas, newlines, doubled quotes), text columns, missing values, types decided on whole columns, every
// fault told with file, line, column name and value. Threads take byte ranges wherever the quotes allow it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/source.hpp"

namespace fallline {

struct CsvOptions {
  std::optional<bool> header = std::nullopt;  // nothing: decided from the first line, and told in notes()
  char delimiter = ',';
  char decimal = '.';
  std::vector<std::string> missing = {"", "NA", "NaN", "null", "?"};  // "" is the empty cell
  std::map<std::string, ColumnType> types = {};                       // by column name; what is not declared is decided by the scan
  bool only_declared = false;  // columns that are not declared are passed over: named in the schema, never judged, never read
};

/// Opens files of the same columns, read one after the other. A file that does not exist or is empty is a data error.
Result<std::unique_ptr<Source>> open_csv(std::vector<std::string> paths, CsvOptions options);

/// As above, from text in memory; `name` stands in messages.
Result<std::unique_ptr<Source>> csv_from_text(std::string text, std::string name, CsvOptions options);

}  // namespace fallline
