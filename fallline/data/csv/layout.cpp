// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/number.hpp"

namespace fallline::csv {

namespace {

struct FirstLine {
  std::vector<std::string> cells;
  bool names = true;            // it could be a header
  const char* begin = nullptr;  // of the line
  const char* end = nullptr;    // of the line, past its end
};

/// The bytes without byte order mark; an error for what is no text.
Result<std::string_view> text_of(const FileText& file) {
  std::string_view bytes = file.bytes();
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
  }
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return data_error(fmt::format("{} is written in UTF-16; save it as UTF-8, e.g. with iconv -f UTF-16 -t UTF-8.", file.name()));
  }
  if (bytes.starts_with("\x1F\x8B")) {
    return data_error(fmt::format("{} is compressed with gzip though its name does not end in .gz; unpack it or rename it.", file.name()));
  }
  if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return data_error(fmt::format("{} is empty: it holds no rows.", file.name()));
  }
  return bytes;
}

bool could_be_name(const Cell& cell, const Dialect& dialect) {
  double value = 0;
  return !cell.text.empty() && !dialect.is_missing(cell.text, false) &&
         read_number(cell.text, dialect.decimal, value) == Reading::not_a_number;
}

Result<FirstLine> first_line(const FileText& file, std::string_view text, const Dialect& dialect) {
  const char* at = text.data();
  const char* end = at + text.size();
  at = skip_blank_lines(at, end, dialect);
  FirstLine line;
  line.begin = at;
  std::string room;
  for (;;) {
    Cell cell;
    const char* first = at;
    at = read_cell(at, end, dialect, room, cell);
    if (cell.fault != FaultKind::none) {
      return header_fault(file, cell.fault == FaultKind::unclosed_quote ? first : at, line.cells.size(), cell.fault);
    }
    line.names = line.names && could_be_name(cell, dialect);
    line.cells.emplace_back(cell.text);
    if (at >= end || *at != dialect.delimiter) {
      break;
    }
    ++at;
  }
  line.end = at < end ? past_line_end(at, end) : end;
  if (std::memchr(line.begin, 0, static_cast<std::size_t>(line.end - line.begin)) != nullptr) {
    return not_text(file, line.begin);
  }
  return line;
}

/// The two positions of a name that stands twice, or twice the same position.
std::pair<std::size_t, std::size_t> repeated(const std::vector<std::string>& names) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [at, is_new] = seen.emplace(names[i], i);
    if (!is_new) {
      return {at->second, i};
    }
  }
  return {0, 0};
}

std::vector<std::string> numbered(std::size_t columns) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns; ++i) {
    names.push_back(fmt::format("c{}", i));
  }
  return names;
}

/// The cells of a header as names: a cell without text is called after its position, as in a file without header.
Result<std::vector<std::string>> names_of(const FileText& file, const FirstLine& line, std::vector<std::string>& notes) {
  std::vector<std::string> names = line.cells;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      names[i] = fmt::format("c{}", i);
      notes.push_back(fmt::format("column {} of {} has no name in the header and is called {}", i + 1, file.name(), names[i]));
    }
    if (!is_utf8(names[i])) {
      return not_utf8(file, line.begin, fmt::format("the name of column {}", i + 1));
    }
  }
  const auto [one, other] = repeated(names);
  if (one != other) {
    return data_error(
        fmt::format("{}: columns {} and {} (counted from 1) are both called {}. Give them different names, or pass --no-header if "
                    "the first line is data.",
                    file.place(line.begin), one + 1, other + 1, quoted(names[one])));
  }
  return names;
}

}  // namespace

Result<Layout> layout_of(const FileText& file, const Dialect& dialect, std::optional<bool> header, std::vector<std::string>& notes) {
  const Result<std::string_view> text = text_of(file);
  if (!text) {
    return text.error();
  }
  const Result<FirstLine> line = first_line(file, *text, dialect);
  if (!line) {
    return line.error();
  }
  const auto [one, other] = repeated(line->cells);
  Layout layout;
  layout.header = header.value_or(line->names && one == other);
  if (!layout.header) {
    layout.names = numbered(line->cells.size());
    if (!header) {
      notes.push_back(fmt::format("the first line of {} is data, so columns are called c0, c1, ...", file.name()));
    }
    return layout;
  }
  if (!header) {
    notes.push_back(fmt::format("the first line of {} is taken as column names; --no-header if it is data", file.name()));
  }
  Result<std::vector<std::string>> names = names_of(file, *line, notes);
  if (!names) {
    return names.error();
  }
  layout.names = std::move(*names);
  return layout;
}

Result<std::string_view> records_of(const FileText& file, const Dialect& dialect, const Layout& layout) {
  const Result<std::string_view> text = text_of(file);
  if (!text) {
    return text.error();
  }
  if (!layout.header) {
    return *text;
  }
  const Result<FirstLine> line = first_line(file, *text, dialect);
  if (!line) {
    return line.error();
  }
  std::vector<std::string> unnamed;
  const Result<std::vector<std::string>> names = names_of(file, *line, unnamed);
  if (!names) {
    return names.error();
  }
  if (*names != layout.names) {
    return other_columns(file, line->begin, *names, layout.names);
  }
  const std::string_view records = text->substr(static_cast<std::size_t>(line->end - text->data()));
  if (layout.names.size() > 1 && records.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return data_error(fmt::format("{} holds column names but no rows. If its first line is data, pass --no-header.", file.name()));
  }
  return records;
}

std::vector<Use> guess_uses(std::string_view records, const Dialect& dialect, const std::vector<std::optional<ColumnType>>& declared) {
  constexpr std::size_t sample_bytes = std::size_t{1} << 18U;
  constexpr std::size_t sample_cells = 20000;
  const std::size_t columns = declared.size();
  std::vector<std::size_t> numbers(columns);
  std::vector<std::size_t> others(columns);
  const std::string_view sample = records.substr(0, sample_bytes);
  const char* end = sample.data() + sample.size();
  std::string room;
  std::size_t column = 0;
  std::size_t cells = 0;
  for (const char* at = sample.data(); at < end && cells < std::max(sample_cells, 100 * columns); ++cells) {
    Cell cell;
    at = read_cell(at, end, dialect, room, cell);
    if (at >= end || cell.fault != FaultKind::none || column >= columns) {
      break;  // the sample may cut a cell in two; faults are told by the parser
    }
    double value = 0;
    if (!dialect.is_missing(cell.text, cell.quoted)) {
      ++(read_number(cell.text, dialect.decimal, value) == Reading::not_a_number ? others : numbers)[column];
    }
    column = *at == dialect.delimiter ? column + 1 : 0;
    at = *at == dialect.delimiter ? at + 1 : skip_blank_lines(past_line_end(at, end), end, dialect);
  }
  std::vector<Use> uses(columns, Use::number);
  for (std::size_t i = 0; i < columns; ++i) {
    const bool text = declared[i] ? *declared[i] == ColumnType::text : others[i] > 0 && 100 * numbers[i] < 99 * (numbers[i] + others[i]);
    uses[i] = text ? Use::text : Use::number;
  }
  return uses;
}

}  // namespace fallline::csv
