// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/looks.hpp"

#include <algorithm>
#include <string>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/number.hpp"
#include "fallline/data/csv/time.hpp"

namespace fallline::csv {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_sign(std::string_view text) {
  text.remove_prefix(!text.empty() && (text.front() == '+' || text.front() == '-') ? 1 : 0);
  return text;
}

std::size_t digits_at(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

bool reads(std::string_view text, char decimal) {
  double value = 0;
  return read_number(text, decimal, value) != Reading::not_a_number;
}

/// 1,234,567 with any one mark between groups of three: a comma, point, blank, apostrophe, underscore or narrow blank.
bool is_grouped(std::string_view text, char decimal) {
  text = without_sign(text);
  const std::size_t first = digits_at(text);
  if (first == 0 || first > 3) {
    return false;
  }
  text.remove_prefix(first);
  for (const std::string_view mark : {",", ".", " ", "'", "_", "\xC2\xA0", "\xE2\x80\xAF"}) {
    if (mark.front() == decimal || !text.starts_with(mark)) {
      continue;
    }
    while (text.starts_with(mark) && digits_at(text.substr(mark.size())) == 3) {
      text.remove_prefix(mark.size() + 3);
    }
    return text.empty() || (text.front() == decimal && digits_at(text.substr(1)) == text.size() - 1);
  }
  return false;
}

bool is_amount(std::string_view text, char decimal) {
  text = trim(text);
  return reads(text, decimal) || is_grouped(text, decimal) || reads(text, decimal == '.' ? ',' : '.');
}

bool is_money(std::string_view text, char decimal) {
  for (const std::string_view mark : {"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "USD", "EUR", "GBP", "CHF"}) {
    const std::string_view size = without_sign(text);
    if (size.starts_with(mark)) {
      return is_amount(size.substr(mark.size()), decimal);
    }
    if (text.ends_with(mark)) {
      return is_amount(text.substr(0, text.size() - mark.size()), decimal);
    }
  }
  return false;
}

/// 3/4/2021, 03.04.21, 03-04-2021, with or without a time behind.
bool is_day_first(std::string_view text) {
  const std::size_t one = digits_at(text);
  if (one < 1 || one > 2 || text.size() < one + 4) {
    return false;
  }
  const char mark = text[one];
  text.remove_prefix(one + 1);
  const std::size_t two = digits_at(text);
  if ((mark != '/' && mark != '.' && mark != '-') || two < 1 || two > 2 || text.size() < two + 3 || text[two] != mark) {
    return false;
  }
  text.remove_prefix(two + 1);
  const std::size_t year = digits_at(text);
  return (year == 2 || year == 4) && (text.size() == year || text[year] == ' ');
}

bool is_hexadecimal(std::string_view text) {
  text = without_sign(text);
  return text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' &&
         text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

bool is_not_finite(std::string_view text) {
  std::string lower(without_sign(text).substr(0, 9));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower == "inf" || lower == "infinity" || lower == "nan";
}

}  // namespace

Look look_of(std::string_view text, char decimal) {
  constexpr std::size_t longest = 64;  // no such cell is longer
  text = trim(text);
  double value = 0;
  if (reads(text, decimal)) {
    return Look::number;
  }
  if (read_time(text, value) != TimeReading::not_a_time) {
    return Look::time;
  }
  if (text.empty() || text.size() > longest) {
    return Look::other;
  }
  if (text.ends_with('%')) {
    return is_amount(text.substr(0, text.size() - 1), decimal) ? Look::percent : Look::other;
  }
  if (is_grouped(text, decimal)) {
    return Look::grouped;
  }
  if (reads(text, decimal == '.' ? ',' : '.')) {
    return Look::other_decimal;
  }
  if (is_day_first(text)) {
    return Look::day_first;
  }
  if (is_money(text, decimal)) {
    return Look::money;
  }
  return is_hexadecimal(text) ? Look::hexadecimal : (is_not_finite(text) ? Look::not_finite : Look::other);
}

LookAdvice advice_on(Look look) {
  switch (look) {
    case Look::grouped:
      return {"numbers with grouped digits", "write them without the marks (1234567)"};
    case Look::other_decimal:
      return {"numbers with another decimal mark", "pass --decimal with it (and another --delimiter where they are the same)"};
    case Look::money:
      return {"amounts of money", "write them without the currency"};
    case Look::percent:
      return {"percentages", "write them without the sign %"};
    case Look::day_first:
      return {"dates whose order of day and month is not certain", "write them as YYYY-MM-DD"};
    case Look::hexadecimal:
      return {"hexadecimal numbers", "write them as decimal ones"};
    case Look::not_finite:
      return {"numbers besides infinite or undefined ones", "name those in --missing"};
    default:
      return {};
  }
}

}  // namespace fallline::csv
