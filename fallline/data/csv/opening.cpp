// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/opening.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/conversion.hpp"

namespace fallline::csv {

namespace {

/// The delimiter that the first line names, as spreadsheets write it (sep=;); the line is left out of the file's text.
std::optional<char> take_separator_line(FileText& file) {
  const std::string_view bytes = file.bytes();
  const bool quoted = bytes.starts_with('"');
  std::string_view rest = bytes.substr(quoted ? 1 : 0);
  if (!rest.starts_with("sep=") || rest.size() < 6) {
    return std::nullopt;
  }
  const char delimiter = rest[4];
  rest.remove_prefix(5);
  if (quoted && !rest.starts_with('"')) {
    return std::nullopt;
  }
  rest.remove_prefix(quoted ? 1 : 0);
  if (!rest.starts_with('\n') && !rest.starts_with('\r')) {
    return std::nullopt;
  }
  rest.remove_prefix(rest.starts_with("\r\n") ? 2 : 1);
  file.skip_front(bytes.size() - rest.size(), 1);
  return delimiter;
}

}  // namespace

Result<void> prepare_files(std::vector<FileText>& files, CsvOptions& options, std::vector<std::string>& notes) {
  for (FileText& file : files) {
    if (file.bytes().empty()) {
      return no_rows(file, false);
    }
    Result<FileText> converted = in_utf8(std::move(file), options.encoding, options.memory, notes);
    if (!converted) {
      return converted.error();
    }
    file = std::move(*converted);
    const std::optional<char> named = take_separator_line(file);
    if (!named || named == options.delimiter) {
      continue;
    }
    const std::string_view character(&*named, 1);
    if (options.delimiter) {
      return data_error(
          fmt::format("{}:1: the first line names {}, a delimiter other than {}, by which the file is to be read. Leave out "
                      "--delimiter, or remove the line.",
                      file.name(), shown(character), shown(std::string_view(&*options.delimiter, 1))));
    }
    notes.push_back(fmt::format("the first line of {} names {} as the delimiter", file.name(), shown(character)));
    options.delimiter = named;
  }
  return {};
}

}  // namespace fallline::csv
