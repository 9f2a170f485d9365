// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/number.hpp"

namespace fallline::csv {

bool Dialect::in_missing_list(std::string_view text) const { return std::find(missing.begin(), missing.end(), text) != missing.end(); }

namespace {

bool can_separate(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c == '\t' || (byte >= 0x20 && byte < 0x7f && c != '"' && !letter_or_digit && c != '-' && c != '+');
}

}  // namespace

Result<Dialect> make_dialect(const CsvOptions& options) {
  if (!can_separate(options.delimiter)) {
    return usage_error(fmt::format("--delimiter {} cannot separate cells; take a tab or a mark such as , ; or |.",
                                   quoted(std::string_view(&options.delimiter, 1))));
  }
  if (options.decimal != '.' && options.decimal != ',') {
    return usage_error(fmt::format("--decimal takes . or , and not {}.", quoted(std::string_view(&options.decimal, 1))));
  }
  if (options.decimal == options.delimiter) {
    return usage_error(fmt::format("--decimal and --delimiter are both {}; cells are then usually separated by ; (--delimiter ';').",
                                   quoted(std::string_view(&options.decimal, 1))));
  }
  Dialect dialect;
  dialect.delimiter = options.delimiter;
  dialect.decimal = options.decimal;
  for (const char c : {options.delimiter, '\n', '\r'}) {
    dialect.stops[static_cast<unsigned char>(c)] = true;
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
