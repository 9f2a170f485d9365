// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/time.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace fallline::csv {
namespace {

double seconds(std::string_view text) {
  double value = -1;
  EXPECT_LE(read_time(text, value), TimeReading::date_and_time) << text;
  return value;
}

TimeReading reading(std::string_view text) {
  double value = 0;
  return read_time(text, value);
}

TEST(Time, CountsFrom1970) {
  EXPECT_EQ(seconds("1970-01-01"), 0);
  EXPECT_EQ(seconds("1969-12-31"), -86400);
  EXPECT_EQ(seconds("2000-03-01"), 951868800);
  EXPECT_EQ(seconds("1600-01-01"), -11676096000);
  EXPECT_EQ(seconds("9999-12-31T23:59:59Z"), 253402300799);
  EXPECT_EQ(seconds("0000-01-01"), -62167219200);
}

TEST(Time, EveryDayIsOneAfterTheDayBefore) {
  double before = seconds("1895-12-31");
  for (int year = 1896; year < 1905; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= 31; ++day) {
        const std::string text = fmt::format("{:04}-{:02}-{:02}", year, month, day);
        double now = 0;
        if (read_time(text, now) == TimeReading::date) {
          EXPECT_EQ(now, before + 86400) << text;
          before = now;
        }
      }
    }
  }
  EXPECT_EQ(before, seconds("1904-12-31"));
}

TEST(Time, TakesFractionsAndZones) {
  EXPECT_EQ(seconds("1970-01-01 00:00:01.25"), 1.25);
  EXPECT_EQ(seconds("1970-01-01 00:00:01,25"), 1.25);
  EXPECT_EQ(seconds("1970-01-01T01:00+01:00"), 0);
  EXPECT_EQ(seconds("1970-01-01T00:00:00-0530"), 19800);
  EXPECT_EQ(seconds("1970-01-01T02:00:00+02"), 0);
  EXPECT_EQ(seconds("1970/01/01 00:01"), 60);
}

TEST(Time, TellsWhatNoCalendarHas) {
  for (const char* text : {"2021-02-29", "2021-13-01", "2021-00-10", "2021-04-31", "1900-02-29", "2021-01-01 24:00", "2021-01-01T10:60",
                           "2021-01-01T10:00:61", "2021-01-01T10:00+25:00"}) {
    EXPECT_EQ(reading(text), TimeReading::impossible) << text;
  }
  EXPECT_EQ(reading("2000-02-29"), TimeReading::date);
}

TEST(Time, LeavesTheRestAlone) {
  for (const char* text :
       {"", "2021", "20210102", "2021-1-2", "2021-01/02", "2021-01-02x", "2021-01-02 ", "2021-01-02 10", "2021-01-02T10:0",
        "2021-01-02T10:00:00.", "2021-01-02T10:00 Z", "2021-01-02T10:00+1", "03/04/2021", "x021-01-02", "2021-01-02T"}) {
    EXPECT_EQ(reading(text), TimeReading::not_a_time) << text;
  }
}

}  // namespace
}  // namespace fallline::csv
