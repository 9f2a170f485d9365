// SPDX-License-Identifier: Apache-2.0
// How one family of CSV files is written: what ends a cell, what a decimal point is, which texts mean a missing cell.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv.hpp"

namespace fallline::csv {

struct Dialect {
  char delimiter = ',';
  char decimal = '.';
  std::vector<std::string> missing;
  std::vector<double> missing_numbers;     // the missing texts that would read as numbers, e.g. -999
  std::array<bool, 256> stops{};           // the delimiter and both line end characters
  std::array<bool, 256> begins_missing{};  // first characters of missing texts
  std::array<bool, 256> begins_idle{};     // first characters of lines that may hold no record: line ends, blanks, the comment mark
  std::optional<char> comment;
  bool empty_is_missing = false;

  bool may_be_idle(char c) const { return begins_idle[static_cast<unsigned char>(c)]; }
  bool stops_at(char c) const { return stops[static_cast<unsigned char>(c)]; }
  bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != delimiter; }

  /// A quoted cell is taken at its word: "NA" in quotes is the text NA. Only the empty one is missing with or without quotes.
  bool is_missing(std::string_view text, bool quoted) const {
    if (text.empty()) {
      return empty_is_missing;
    }
    return !quoted && begins_missing[static_cast<unsigned char>(text.front())] && in_missing_list(text);
  }

  /// As above for a cell of a column of numbers or times: there, quoted blanks are no value either.
  bool is_missing_value(std::string_view text, bool quoted) const {
    const bool blanks = quoted && text.find_first_not_of(" \t") == std::string_view::npos;
    return blanks ? empty_is_missing : is_missing(text, quoted);
  }

 private:
  bool in_missing_list(std::string_view text) const;
};

/// Checked options: delimiter and decimal must differ and be usable as such.
Result<Dialect> make_dialect(const CsvOptions& options);

}  // namespace fallline::csv
