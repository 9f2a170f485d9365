// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/complaints.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::csv {

namespace {

std::string quote_fault(FaultKind kind) {
  return kind == FaultKind::unclosed_quote
             ? "opens a quote that is never closed. Close it, or write a quote that belongs to the text as \"\" inside a quoted cell."
             : "has text after its closing quote. A quote inside a quoted cell is written twice (\"\").";
}

std::string cell_at(const FileText& file, const char* at, const Dialect& dialect) {
  const std::string_view bytes = file.bytes();
  std::string room;
  Cell cell;
  read_cell(at, bytes.data() + bytes.size(), dialect, room, cell);
  return quoted(cell.text);
}

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

}  // namespace

Error header_fault(const FileText& file, const char* at, std::size_t column, FaultKind kind) {
  return data_error(fmt::format("{}: cell {} of the first line {}", file.place(at), column + 1, quote_fault(kind)));
}

Error record_fault(const FileText& file, const Fault& fault, const std::vector<std::string>& names) {
  if (fault.kind != FaultKind::wrong_count) {
    return data_error(fmt::format("{}: column {} {}", file.place(fault.at), quoted(names[fault.column]), quote_fault(fault.kind)));
  }
  return data_error(
      fmt::format("{}: the row has {} {}, but the file has {} {} ({} to {}). Mend the row; a delimiter inside a text needs "
                  "quotes around the cell.",
                  file.place(fault.at), count(fault.column), fault.column == 1 ? "cell" : "cells", count(names.size()),
                  names.size() == 1 ? "column" : "columns", quoted(names.front()), quoted(names.back())));
}

Error other_columns(const FileText& file, const char* at, const std::vector<std::string>& names, const std::vector<std::string>& expected) {
  const std::string where = file.place(at);
  if (names.size() != expected.size()) {
    return data_error(fmt::format("{}: the header has {} columns, but the first file has {}. Files read as one need the same columns.",
                                  where, names.size(), expected.size()));
  }
  const auto differ = std::mismatch(names.begin(), names.end(), expected.begin());
  return data_error(
      fmt::format("{}: column {} is called {}, but {} in the first file. Files read as one need the same columns in the same order.", where,
                  differ.first - names.begin() + 1, quoted(*differ.first), quoted(*differ.second)));
}

Error bad_number(const ColumnTally& tally, const std::string& name, bool declared, bool header, const Dialect& dialect) {
  const std::string where = tally.file->place(tally.first);
  const std::string how_many = fmt::format("({} such {})", count(tally.bad), tally.bad == 1 ? "cell" : "cells");
  const std::string why =
      declared ? fmt::format("though the column is declared as numbers {}", how_many)
               : fmt::format("though the other {} of its {} cells are {}", count(tally.cells - tally.bad), count(tally.cells), how_many);
  const bool first_line = !header && where.ends_with(":1");
  return data_error(
      fmt::format("{}: column {} holds {}, which is not a number, {}. Mend the cell, or pass --types {}=text, or add the value to "
                  "--missing.{}",
                  where, quoted(name), cell_at(*tally.file, tally.first, dialect), why, name,
                  first_line ? " If the first line holds column names, none may be empty, a number or repeated." : ""));
}

Error too_large(const ColumnTally& tally, const std::string& name, const Dialect& dialect) {
  return data_error(
      fmt::format("{}: column {} holds {}, which is larger than any double ({} such {}). Mend the cell, or pass --types {}=text, or "
                  "add the value to --missing.",
                  tally.file->place(tally.first), quoted(name), cell_at(*tally.file, tally.first, dialect), count(tally.too_large),
                  tally.too_large == 1 ? "cell" : "cells", name));
}

Error not_text(const FileText& file, const char* at) {
  return data_error(fmt::format("{} holds NUL bytes, so it is a binary file or UTF-16, not CSV text in UTF-8.", file.place(at)));
}

Error not_utf8(const FileText& file, const char* at, const std::string& what) {
  return data_error(fmt::format("{}: {} is not UTF-8. Convert the file, e.g. with iconv -f LATIN1 -t UTF-8.",
                                at == nullptr ? file.name() : file.place(at), what));
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length =
        lead < 0x80 ? 1 : (lead >= 0xC2 && lead < 0xE0 ? 2 : (lead >= 0xE0 && lead < 0xF0 ? 3 : (lead >= 0xF0 && lead < 0xF5 ? 4 : 0)));
    if (length == 0 || i + length > text.size()) {
      return false;
    }
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80) {
        return false;
      }
    }
    if (length > 2) {  // overlong forms, surrogates, beyond U+10FFFF
      const auto next = static_cast<unsigned char>(text[i + 1]);
      if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F) || (lead == 0xF0 && next < 0x90) ||
          (lead == 0xF4 && next > 0x8F)) {
        return false;
      }
    }
    i += length;
  }
  return true;
}

}  // namespace fallline::csv
