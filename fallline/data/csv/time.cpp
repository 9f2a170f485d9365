// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/time.hpp"

#include <array>
#include <cstdint>

namespace fallline::csv {

namespace {

/// Takes pieces off the front of a text; once one does not fit, nothing more does.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  bool well() const { return well_; }
  bool at_end() const { return rest_.empty(); }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = i < rest_.size() ? rest_[i] : '\0';
      well_ = well_ && c >= '0' && c <= '9';
      value = well_ ? value * 10 + (c - '0') : 0;
    }
    rest_.remove_prefix(well_ ? count : 0);
    return value;
  }

  /// Any number of digits, at least one, as a fraction below 1; those past the ninth are too small to matter.
  double fraction() {
    std::int64_t digits = 0;
    std::int64_t whole = 1;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count) {
      const bool counts = count < 9;
      digits = counts ? 10 * digits + (rest_[count] - '0') : digits;
      whole = counts ? 10 * whole : whole;
    }
    well_ = well_ && count > 0;
    rest_.remove_prefix(count);
    return static_cast<double>(digits) / static_cast<double>(whole);
  }

  bool take(char c) {
    const bool found = well_ && next() == c;
    rest_.remove_prefix(found ? 1 : 0);
    return found;
  }

  void need(bool found) { well_ = well_ && found; }

 private:
  std::string_view rest_;
  bool well_ = true;
};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool is_day(int year, int month, int day) {
  constexpr std::array<int, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month >= 1 && month <= 12 && day >= 1 &&
         day <= lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

/// Days since 1970-01-01: whole years with their leap days before, then the days of the year's months, counted from March.
std::int64_t days_since_1970(int year, int month, int day) {
  const std::int64_t years = month > 2 ? year : year - 1;
  const std::int64_t months = month > 2 ? month - 3 : month + 9;
  const std::int64_t leaps = (years + 4000) / 4 - (years + 4000) / 100 + (years + 4000) / 400;  // shifted by ten cycles: never negative
  return (years + 4000) * 365 + leaps + (153 * months + 2) / 5 + day - 1 - 2180438;
}

struct Clock {
  double seconds = 0;  // of the day
  int offset = 0;      // minutes east of UTC
  bool possible = true;
};

void take_zone(Pieces& pieces, Clock& clock) {
  if (pieces.take('Z') || pieces.take('z')) {
    return;
  }
  const bool west = pieces.take('-');
  if (!west && !pieces.take('+')) {
    return;
  }
  const int hours = pieces.digits(2);
  const int minutes = pieces.take(':') || !pieces.at_end() ? pieces.digits(2) : 0;
  clock.possible = clock.possible && hours < 24 && minutes < 60;
  clock.offset = (west ? -1 : 1) * (60 * hours + minutes);
}

Clock take_clock(Pieces& pieces) {
  Clock clock;
  const int hours = pieces.digits(2);
  pieces.need(pieces.take(':'));
  const int minutes = pieces.digits(2);
  int seconds = 0;
  double fraction = 0;
  if (pieces.take(':')) {
    seconds = pieces.digits(2);
    fraction = pieces.take('.') || pieces.take(',') ? pieces.fraction() : 0;
  }
  clock.possible = hours < 24 && minutes < 60 && seconds < 60;
  clock.seconds = 3600.0 * hours + 60.0 * minutes + seconds + fraction;
  take_zone(pieces, clock);
  return clock;
}

}  // namespace

TimeReading read_time(std::string_view text, double& seconds) {
  if (text.size() < 10 || (text[4] != '-' && text[4] != '/') || text[7] != text[4]) {
    return TimeReading::not_a_time;
  }
  Pieces pieces(text);
  const int year = pieces.digits(4);
  pieces.take(text[4]);
  const int month = pieces.digits(2);
  pieces.take(text[4]);
  const int day = pieces.digits(2);
  const bool date_only = pieces.at_end();
  Clock clock;
  if (!date_only) {
    pieces.need(pieces.take('T') || pieces.take('t') || pieces.take(' '));
    clock = take_clock(pieces);
  }
  if (!pieces.well() || !pieces.at_end()) {
    return TimeReading::not_a_time;
  }
  if (!is_day(year, month, day) || !clock.possible) {
    return TimeReading::impossible;
  }
  seconds = 86400.0 * static_cast<double>(days_since_1970(year, month, day)) + clock.seconds - 60.0 * clock.offset;
  return date_only ? TimeReading::date : TimeReading::date_and_time;
}

}  // namespace fallline::csv
