// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/encoding.hpp"
#include "fallline/data/csv/names.hpp"
#include "fallline/data/csv/number.hpp"
#include "fallline/data/csv/sample.hpp"
#include "fallline/data/csv/time.hpp"

namespace fallline::csv {

namespace {

struct FirstLine {
  std::vector<std::string> cells;
  bool values = false;          // a cell is a number or a time
  bool gaps = false;            // a cell is empty or another missing text
  bool texts = false;           // a cell is neither
  const char* begin = nullptr;  // of the line
  const char* end = nullptr;    // of the line, past its end
  IdleLines idle;               // before it
};

struct Signature {
  std::string_view bytes;
  std::string_view what;
};
constexpr std::array signatures{
    Signature{"\x1F\x8B", "is compressed with gzip though its name does not end in .gz; unpack it or rename it"},
    Signature{"\x28\xB5\x2F\xFD", "is compressed with Zstandard though its name does not end in .zst; unpack it or rename it"},
    Signature{"PK\x03\x04", "is a ZIP archive or a spreadsheet, not text; unpack it, or save the sheet as CSV"},
    Signature{"PAR1", "is a Parquet file, not text"},
    Signature{"ARROW1", "is an Arrow file, not text"},
};

/// An error for what holds no rows or is no text.
Result<void> check_text(const FileText& file) {
  for (const Signature& signature : signatures) {
    if (file.bytes().starts_with(signature.bytes)) {
      return data_error(fmt::format("{} {}.", file.name(), signature.what));
    }
  }
  if (file.bytes().find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return data_error(fmt::format("{} is empty: it holds no rows.", file.name()));
  }
  return {};
}

void judge(const Cell& cell, const Dialect& dialect, FirstLine& line) {
  double value = 0;
  if (cell.text.empty() || dialect.is_missing(cell.text, false)) {
    line.gaps = true;
  } else if (read_number(cell.text, dialect.decimal, value) != Reading::not_a_number ||
             read_time(cell.text, value) != TimeReading::not_a_time) {
    line.values = true;
  } else {
    line.texts = true;
  }
}

Result<FirstLine> first_line(const FileText& file, const Dialect& dialect) {
  const std::string_view text = file.bytes();
  const char* at = text.data();
  const char* end = at + text.size();
  FirstLine line;
  at = skip_idle_lines(at, end, dialect, true, line.idle);
  line.begin = at;
  std::string room;
  for (;;) {
    Cell cell;
    const char* first = at;
    at = read_cell(at, end, dialect, room, cell);
    if (cell.fault != FaultKind::none) {
      return header_fault(file, cell.fault == FaultKind::unclosed_quote ? first : at, line.cells.size(), cell.fault, dialect);
    }
    judge(cell, dialect, line);
    line.cells.emplace_back(cell.text);
    if (at >= end || *at != dialect.delimiter) {
      break;
    }
    ++at;
  }
  line.end = at < end ? past_line_end(at, end) : end;
  const void* nul = std::memchr(line.begin, 0, static_cast<std::size_t>(line.end - line.begin));
  return nul == nullptr ? Result<FirstLine>(std::move(line)) : not_text(file, static_cast<const char*>(nul));
}

std::string_view records_after(const FileText& file, const FirstLine& line) {
  return file.bytes().substr(static_cast<std::size_t>(line.end - file.bytes().data()));
}

bool is_header(const FileText& file, const FirstLine& line, const Dialect& dialect) {
  if (line.values || !line.texts) {
    return false;
  }
  if (!line.gaps && all_distinct(line.cells)) {
    return true;
  }
  const std::vector<ColumnSample> below = sample_of(records_after(file, line), dialect, line.cells.size());
  for (std::size_t i = 0; i < below.size(); ++i) {
    const bool named = !line.cells[i].empty() && !dialect.is_missing(line.cells[i], false);
    if (named && below[i].others == 0 && below[i].numbers + below[i].times > 0) {
      return true;
    }
  }
  return false;
}

/// A file that is one column by its delimiter and several by another was hardly meant so.
Result<void> check_delimiter(const FileText& file, const FirstLine& line, const Dialect& dialect, bool given,
                             std::vector<std::string>& notes) {
  if (line.cells.size() > 1) {
    return {};
  }
  const std::optional<OtherDelimiter> other = other_delimiter(file.bytes(), dialect);
  if (!other) {
    return {};
  }
  if (given) {
    notes.push_back(fmt::format("{} is read as one column; with {} it has {}", file.name(), other->options, other->cells));
    return {};
  }
  return data_error(
      fmt::format("{}: the line is a single cell with the delimiter {}, but {} cells with {}. Pass that, or --delimiter {} if "
                  "the file has one column.",
                  file.place(line.begin), dialect.delimiter, other->cells, other->options, dialect.delimiter));
}

Result<void> check_names(const FileText& file, const FirstLine& line) {
  for (std::size_t i = 0; i < line.cells.size(); ++i) {
    if (!is_utf8(line.cells[i])) {
      return not_utf8(file.place(line.begin), fmt::format("the name of column {}", i + 1), line.cells[i]);
    }
  }
  return {};
}

}  // namespace

Result<Layout> layout_of(const FileText& file, const Dialect& dialect, std::optional<bool> header, bool delimiter_given,
                         std::vector<std::string>& notes) {
  if (const Result<void> well = check_text(file); !well) {
    return well.error();
  }
  const Result<FirstLine> line = first_line(file, dialect);
  if (!line) {
    return line.error();
  }
  if (const Result<void> well = check_delimiter(file, *line, dialect, delimiter_given, notes); !well) {
    return well.error();
  }
  Layout layout;
  layout.header = header ? *header : is_header(file, *line, dialect);
  if (!layout.header) {
    layout.names = numbered_names(line->cells.size());
    if (!header) {
      notes.push_back(fmt::format("the first line of {} is data, so columns are called c0, c1, ...{}", file.name(),
                                  line->texts ? "; --header if it holds their names" : ""));
    }
    return layout;
  }
  if (!header) {
    notes.push_back(fmt::format("the first line of {} is taken as column names; --no-header if it is data", file.name()));
  }
  if (const Result<void> well = check_names(file, *line); !well) {
    return well.error();
  }
  layout.names = unique_names(line->cells, file.name(), notes);
  return layout;
}

Result<FileRecords> records_of(const FileText& file, const Dialect& dialect, const Layout& layout, std::vector<std::string>& notes) {
  if (const Result<void> well = check_text(file); !well) {
    return well.error();
  }
  if (!layout.header) {
    return FileRecords{file.bytes(), {}, {}};
  }
  const Result<FirstLine> line = first_line(file, dialect);
  if (!line) {
    return line.error();
  }
  if (const Result<void> well = check_names(file, *line); !well) {
    return well.error();
  }
  std::vector<std::string> told_before;
  const std::vector<std::string> names = unique_names(line->cells, file.name(), told_before);
  Match match = match_names(names, layout.names);
  if (!match.fault.empty()) {
    return other_columns(file, line->begin, match.fault);
  }
  if (!match.order.empty()) {
    notes.push_back(fmt::format("{} has its columns in another order than the first file; they are matched by name", file.name()));
  }
  return FileRecords{records_after(file, *line), std::move(match.order), line->idle};
}

}  // namespace fallline::csv
