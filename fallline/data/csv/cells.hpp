// SPDX-License-Identifier: Apache-2.0
// One cell of a record, by RFC 4180 and what real files add to it: blanks around unquoted cells do not count, a quote inside an unquoted
// cell is a character like any other, a line may end in LF, CRLF or CR.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "fallline/data/csv/dialect.hpp"

namespace fallline::csv {

enum class FaultKind { none, text_after_quote, unclosed_quote, wrong_count };

/// text: without blanks around and quotes. It lies in the file, or in the caller's `room` where doubled quotes had to be undone.
struct Cell {
  std::string_view text;
  bool quoted = false;
  bool in_room = false;
  FaultKind fault = FaultKind::none;
};

inline bool ends_line(char c) { return c == '\n' || c == '\r'; }

/// Past the line end at `at`: CRLF is one.
inline const char* past_line_end(const char* at, const char* end) { return at + (*at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1); }

inline const char* skip_blanks(const char* at, const char* end, const Dialect& dialect) {
  while (at < end && dialect.is_blank(*at)) {
    ++at;
  }
  return at;
}

/// The quoted cell whose opening quote is at `at`; returns where it ends.
const char* read_quoted(const char* at, const char* end, const Dialect& dialect, std::string& room, Cell& cell);

/// The cell at `at`; returns where it ends: at its delimiter, its line end or `end`.
inline const char* read_cell(const char* at, const char* end, const Dialect& dialect, std::string& room, Cell& cell) {
  at = skip_blanks(at, end, dialect);
  if (at < end && *at == '"') {
    return read_quoted(at, end, dialect, room, cell);
  }
  const char* first = at;
  while (at < end && !dialect.stops_at(*at)) {
    ++at;
  }
  const char* last = at;
  while (last > first && dialect.is_blank(last[-1])) {
    --last;
  }
  cell = {.text = {first, static_cast<std::size_t>(last - first)}, .quoted = false, .in_room = false, .fault = FaultKind::none};
  return at;
}

/// Lines that hold no record.
struct IdleLines {
  std::uint64_t blank = 0;
  std::uint64_t comments = 0;
};

/// Past the comment lines at `at` and, where `blank_too`, the blank lines: a file of one column has none, they are its empty cells.
const char* skip_idle_lines(const char* at, const char* end, const Dialect& dialect, bool blank_too, IdleLines& skipped);

}  // namespace fallline::csv
