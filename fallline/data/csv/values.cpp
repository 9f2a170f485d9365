// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/values.hpp"

#include <cmath>
#include <limits>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/number.hpp"
#include "fallline/data/csv/time.hpp"

namespace fallline::csv {

namespace {

constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();
constexpr double largest_whole = 9007199254740992;  // 2^53: from there on a whole number may have been rounded

}  // namespace

double number_in(const Cell& cell, const char* at, const Dialect& dialect, Tally& tally) {
  if (dialect.is_missing_value(cell.text, cell.quoted)) {
    ++tally.missing;
    return missing_number;
  }
  const std::string_view text = trim(cell.text);
  double value = 0;
  const Reading reading = read_number(text, dialect.decimal, value);
  if (reading != Reading::number) {
    (reading == Reading::not_a_number ? tally.bad : tally.out_of_range).add(at);
    return missing_number;
  }
  if (text.size() > 1 && (text.front() == '0' || std::abs(value) >= largest_whole) &&
      text.find_first_not_of("0123456789", text.front() == '-' ? 1 : 0) == std::string_view::npos) {
    (text.front() == '0' ? tally.padded : tally.rounded).add(at);
  }
  return value;
}

double time_in(const Cell& cell, const char* at, const Dialect& dialect, Tally& tally) {
  if (dialect.is_missing_value(cell.text, cell.quoted)) {
    ++tally.missing;
    return missing_number;
  }
  double seconds = 0;
  const TimeReading reading = read_time(trim(cell.text), seconds);
  if (reading == TimeReading::not_a_time || reading == TimeReading::impossible) {
    (reading == TimeReading::not_a_time ? tally.bad : tally.out_of_range).add(at);
    return missing_number;
  }
  if (reading == TimeReading::date_and_time) {
    tally.clocks.add(at);
  }
  return seconds;
}

}  // namespace fallline::csv
