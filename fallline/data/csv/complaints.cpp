// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/complaints.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/csv/encoding.hpp"
#include "fallline/data/csv/sample.hpp"

namespace fallline::csv {

namespace {

std::string quote_fault(FaultKind kind) {
  return kind == FaultKind::unclosed_quote
             ? "opens a quote that is never closed. Close it, or write a quote that belongs to the text as \"\" inside a quoted cell."
             : "has text after its closing quote. A quote inside a quoted cell is written twice (\"\").";
}

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

std::string advice_on_delimiter(const FileText& file, const Dialect& dialect) {
  const std::optional<OtherDelimiter> other = other_delimiter(file.bytes(), dialect);
  return other ? fmt::format(" With {} every row has {} cells.", other->options, other->cells) : "";
}

/// What else may explain rows of different lengths.
std::string advice_on_counts(const FileText& file, const char* at, const Dialect& dialect) {
  const std::string_view text = file.bytes();
  const auto begins_comment = [&](char c) { return c != dialect.delimiter && std::string_view("#%|!*").find(c) != std::string_view::npos; };
  if (!dialect.comment && (begins_comment(text.front()) || begins_comment(*at))) {
    return fmt::format(" If lines that begin with {0} are comments, pass --comment '{0}'.", begins_comment(*at) ? *at : text.front());
  }
  return advice_on_delimiter(file, dialect);
}

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::size_t most = 60;
  const bool cut = text.size() > most;
  text = text.substr(0, most);
  std::string out;
  while (!text.empty()) {
    const std::size_t valid = valid_utf8(text);
    out += printable(text.substr(0, valid));
    text.remove_prefix(valid);
    if (!text.empty() && !(cut && text.size() < 4)) {  // the cut may have parted a character
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(text.empty() ? 0 : 1);
  }
  return "'" + out + (cut ? "...'" : "'");
}

std::string types_option(const std::string& column, std::string_view type) {
  const std::string name = printable(column);
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
  });
  return plain ? fmt::format("--types {}={}", name, type) : fmt::format("--types '{}={}'", name, type);
}

std::string cell_at(const FileText& file, const char* at, const Dialect& dialect) {
  const std::string_view bytes = file.bytes();
  std::string room;
  Cell cell;
  read_cell(at, bytes.data() + bytes.size(), dialect, room, cell);
  return shown(cell.text);
}

Error header_fault(const FileText& file, const char* at, std::size_t column, FaultKind kind, const Dialect& dialect) {
  return data_error(
      fmt::format("{}: cell {} of the first line {}{}", file.place(at), column + 1, quote_fault(kind), advice_on_delimiter(file, dialect)));
}

Error record_fault(const FileText& file, const Fault& fault, const std::vector<std::string>& names, const Dialect& dialect) {
  if (fault.kind != FaultKind::wrong_count) {
    return data_error(fmt::format("{}: column {} {}", file.place(fault.at), shown(names[fault.column]), quote_fault(fault.kind)));
  }
  return data_error(fmt::format(
      "{}: the row has {} {}, but the file has {} {} ({} to {}). Mend the row; a delimiter inside a text needs "
      "quotes around the cell.{}",
      file.place(fault.at), count(fault.column), fault.column == 1 ? "cell" : "cells", count(names.size()),
      names.size() == 1 ? "column" : "columns", shown(names.front()), shown(names.back()), advice_on_counts(file, fault.at, dialect)));
}

Error other_columns(const FileText& file, const char* at, const std::string& fault) {
  return data_error(
      fmt::format("{}: the header {}, other than that of the first file. Files read as one need the same columns.", file.place(at), fault));
}

Error bad_cell(const ColumnTally& tally, const std::string& name, Use use, bool declared, bool header, const Dialect& dialect) {
  const Found& bad = tally.bad;
  const std::string where = bad.file->place(bad.first);
  const std::string how_many = fmt::format("({} such {})", count(bad.count), bad.count == 1 ? "cell" : "cells");
  const std::string why =
      declared ? fmt::format("though the column is declared as {} {}", use == Use::time ? "time" : "numbers", how_many)
               : fmt::format("though the other {} of its {} cells are {}", count(tally.cells - bad.count), count(tally.cells), how_many);
  const bool first_line = !header && where.ends_with(":1");
  return data_error(
      fmt::format("{}: column {} holds {}, which is not a {}, {}. Mend the cell, or pass {}, or add the value to --missing.{}", where,
                  shown(name), cell_at(*bad.file, bad.first, dialect), use == Use::time ? "date or time (YYYY-MM-DD hh:mm:ss)" : "number",
                  why, types_option(name, "text"), first_line ? " If the first line holds column names, pass --header." : ""));
}

Error out_of_range(const ColumnTally& tally, const std::string& name, Use use, const Dialect& dialect) {
  const Found& found = tally.out_of_range;
  return data_error(
      fmt::format("{}: column {} holds {}, which is {} ({} such {}). Mend the cell, or pass {}, or "
                  "add the value to --missing.",
                  found.file->place(found.first), shown(name), cell_at(*found.file, found.first, dialect),
                  use == Use::time ? "no day of the calendar or time of the day" : "larger than any double", count(found.count),
                  found.count == 1 ? "cell" : "cells", types_option(name, "text")));
}

Error not_text(const FileText& file, const char* at) {
  return data_error(
      fmt::format("{} holds NUL bytes, so it is a binary file, or UTF-16 without byte order mark (--encoding utf-16).", file.place(at)));
}

Error not_utf8(const std::string& place, const std::string& what, std::string_view text) {
  std::string bytes;
  const std::string_view wrong = text.substr(std::min(valid_utf8(text), text.size()));
  for (const char c : wrong.substr(0, 4)) {
    if (static_cast<unsigned char>(c) < 0x80) {
      break;
    }
    bytes += fmt::format("{}0x{:02X}", bytes.empty() ? "" : " ", static_cast<unsigned char>(c));
  }
  return data_error(fmt::format("{}: {} is not UTF-8: {} holds {}. Pass the file's encoding: --encoding windows-1252 or latin1.", place,
                                what, shown(text), bytes));
}

Error no_such_column(const FileText& file, const std::string& name, const std::vector<std::string>& names) {
  constexpr std::size_t few = 50;
  const std::string near = nearest(name, names);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < names.size() && names.size() <= few; ++i) {
    all.push_back(shown(names[i]));
  }
  return data_error(fmt::format("{} has no column {}, which is asked for.{}{}", file.name(), shown(name),
                                near.empty() ? "" : fmt::format(" Did you mean {}?", shown(near)),
                                all.empty() ? "" : fmt::format(" Its columns are {}.", join(all, ", "))));
}

Error no_rows(const FileText& file, bool header) {
  return data_error(header ? fmt::format("{} holds column names but no rows. If its first line is data, pass --no-header.", file.name())
                           : fmt::format("{} is empty: it holds no rows.", file.name()));
}

}  // namespace fallline::csv
