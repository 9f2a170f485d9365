// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/number.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "fallline/base/random.hpp"

namespace fallline::csv {
namespace {

Reading reading(std::string_view text, char decimal = '.') {
  double value = 0;
  return read_number(text, decimal, value);
}

double quick(const std::string& text, char decimal = '.') {
  const std::string padded = text + "," + std::string(quick_number_reach, 'x');
  double value = 0;
  const char* end = quick_number(padded.data(), decimal, value);
  return end == padded.data() + text.size() ? value : 12345.5;
}

TEST(Number, ReadsPlainScientificAndSignedDecimals) {
  for (const char* text :
       {"0", "-0", "1", "+1", "-1.5", ".5", "5.", "1e3", "1E-3", "2.5e+10", "00012", "-.25", "123456789012345678901234567890"}) {
    double value = 0;
    EXPECT_EQ(read_number(text, '.', value), Reading::number) << text;
    EXPECT_EQ(value, std::strtod(text, nullptr)) << text;
  }
}

TEST(Number, RefusesWhatOnlyLooksLikeOne) {
  for (const char* text : {"",      "inf", "-inf", "Infinity", "nan", "NaN", "0x10", "1,5", "1_000", "1 000",
                           "12abc", "--1", "+-1",  "-+1",      "1e",  "e5",  ".",    "-",   "1.2.3", " 1"}) {
    EXPECT_EQ(reading(text), Reading::not_a_number) << text;
  }
}

TEST(Number, TellsWhatNoDoubleCanHold) {
  EXPECT_EQ(reading("1e999"), Reading::too_large);
  EXPECT_EQ(reading("-1e999"), Reading::too_large);
  EXPECT_EQ(reading("1e-999"), Reading::number);
}

TEST(Number, TakesACommaAsDecimalPointWhereAsked) {
  double value = 0;
  EXPECT_EQ(read_number("1,5", ',', value), Reading::number);
  EXPECT_EQ(value, 1.5);
  EXPECT_EQ(reading("1.5", ','), Reading::not_a_number);
  EXPECT_EQ(quick("12,25", ','), 12.25);
}

TEST(Number, QuickWayLeavesTheRestToTheSlowOne) {
  double value = 0;
  for (const std::string& text :
       {std::string("abc"), std::string("1e99"), std::string("12345678901234567890"), std::string("9007199254740993"), std::string(40, '7'),
        std::string("1e"), std::string("-"), std::string(".")}) {
    const std::string padded = text + "," + std::string(quick_number_reach, 'x');
    EXPECT_EQ(quick_number(padded.data(), '.', value), nullptr) << text;
  }
}

TEST(Number, QuickWayRoundsAsTheCLibraryDoes) {
  constexpr std::uint64_t seed = 11;
  const Random random(seed, Purpose::test);
  char text[64];
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const double size = std::pow(10.0, 12 * random.uniform(3 * i) - 6);
    const double x = random.normal(3 * i + 1) * size;
    const int digits = 1 + static_cast<int>(random.bits(3 * i + 2) % 15);
    std::snprintf(text, sizeof text, i % 3 == 0 ? "%.*f" : (i % 3 == 1 ? "%.*g" : "%.*e"), i % 3 == 0 ? digits % 8 : digits, x);
    const std::string padded = std::string(text) + "," + std::string(quick_number_reach, '9');
    double value = 0;
    const char* end = quick_number(padded.data(), '.', value);
    if (end != nullptr) {
      ASSERT_EQ(end, padded.data() + std::string_view(text).size()) << "seed " << seed << ": " << text;
      ASSERT_EQ(value, std::strtod(text, nullptr)) << "seed " << seed << ": " << text;
    }
  }
}

}  // namespace
}  // namespace fallline::csv
