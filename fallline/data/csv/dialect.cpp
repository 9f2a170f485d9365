// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/number.hpp"

namespace fallline::csv {

bool Dialect::in_missing_list(std::string_view text) const { return std::find(missing.begin(), missing.end(), text) != missing.end(); }

namespace {

bool can_separate(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c == '\t' || (byte >= 0x20 && byte < 0x7f && c != '"' && !letter_or_digit && c != '-' && c != '+');
}

Result<void> check_comment(char comment, char delimiter) {
  if (comment != '\t' && comment != ' ' && comment != '.' && comment != '_' && comment != delimiter && can_separate(comment)) {
    return {};
  }
  return usage_error(fmt::format("--comment {} cannot begin a comment line; take a mark such as # or % that is not the delimiter.",
                                 shown(std::string_view(&comment, 1))));
}

}  // namespace

Result<Dialect> make_dialect(const CsvOptions& options) {
  const char delimiter = options.delimiter.value_or(',');
  if (!can_separate(delimiter)) {
    return usage_error(fmt::format("--delimiter {} cannot separate cells; take a tab or a mark such as , ; or |.",
                                   shown(std::string_view(&delimiter, 1))));
  }
  if (options.decimal != '.' && options.decimal != ',') {
    return usage_error(fmt::format("--decimal takes . or , and not {}.", shown(std::string_view(&options.decimal, 1))));
  }
  if (options.decimal == delimiter) {
    return usage_error(fmt::format("--decimal and --delimiter are both {}; cells are then usually separated by ; (--delimiter ';').",
                                   shown(std::string_view(&options.decimal, 1))));
  }
  Dialect dialect;
  dialect.delimiter = delimiter;
  dialect.decimal = options.decimal;
  dialect.comment = options.comment;
  for (const char c : {delimiter, '\n', '\r'}) {
    dialect.stops[static_cast<unsigned char>(c)] = true;
  }
  for (const char c : {' ', '\t', '\n', '\r'}) {
    dialect.begins_idle[static_cast<unsigned char>(c)] = c != delimiter;
  }
  if (options.comment) {
    if (const Result<void> well = check_comment(*options.comment, delimiter); !well) {
      return well.error();
    }
    dialect.begins_idle[static_cast<unsigned char>(*options.comment)] = true;
  }
  for (const std::string& word : options.missing) {
    const std::string text(trim(word));  // cells are trimmed, so a missing text is compared without blanks too
    double value = 0;
    if (read_number(text, options.decimal, value) == Reading::number) {
      dialect.missing_numbers.push_back(value);
    }
    if (text.empty()) {
      dialect.empty_is_missing = true;
    } else {
      dialect.begins_missing[static_cast<unsigned char>(text.front())] = true;
    }
    dialect.missing.push_back(text);
  }
  return dialect;
}

}  // namespace fallline::csv
