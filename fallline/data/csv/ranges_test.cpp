// SPDX-License-Identifier: Apache-2.0
// The ranges and threads of a parse never show in its result.
#include <gtest/gtest.h>

#include <array>

#include "fallline/base/random.hpp"
#include "fallline/data/testing/table.hpp"

namespace fallline {
namespace {

using testing::read_table;
using testing::refusal;
using testing::same_table;
using testing::Table;
using testing::table_of;

constexpr std::array<std::size_t, 11> range_sizes = {1, 2, 3, 5, 7, 11, 16, 31, 64, 257, 4096};

void expect_same_for_all_ranges(const std::string& text, const CsvOptions& options = {}) {
  const Table whole = table_of(text, options);
  for (const std::size_t range_bytes : range_sizes) {
    for (const std::size_t threads : {1U, 2U, 3U}) {
      const Table parted = table_of(text, options, {range_bytes, threads});
      EXPECT_EQ(whole.notes, parted.notes) << range_bytes << " bytes";
      EXPECT_TRUE(same_table(whole, parted)) << range_bytes << " bytes, " << threads << " threads";
    }
  }
}

TEST(CsvRanges, QuotedNewlinesMayLieAcrossThem) {
  std::string text = "t,x\n";
  for (int i = 0; i < 40; ++i) {
    text += "\"line\r\none, \"\"" + std::to_string(i) + "\"\"\n\nend\"," + std::to_string(i) + (i % 3 == 0 ? "\r\n" : "\n");
  }
  expect_same_for_all_ranges(text);
}

TEST(CsvRanges, StrayQuotesOnlyCostTime) {
  std::string text = "t,x\n";
  for (int i = 0; i < 40; ++i) {
    text += i % 7 == 3 ? "5\" pipe,1\n" : (i % 5 == 0 ? "\"a\nb\",2\n" : "plain,3\n");
  }
  expect_same_for_all_ranges(text);
}

TEST(CsvRanges, BlankLinesAndLoneReturnsMayLieAcrossThem) {
  expect_same_for_all_ranges("a,b\n\n\n\n1,2\n\n\n3,4\n\n");
  expect_same_for_all_ranges("a,b\r1,x\r\r2,y\r\n\r\n3,z\r");
  expect_same_for_all_ranges("a\n\n\n1\n\n2\n\n");
}

TEST(CsvRanges, CommentsAndTimesMayLieAcrossThem) {
  std::string text = "#\"\nday,when,t\n";
  for (int i = 10; i < 29; ++i) {
    text += "2021-01-" + std::to_string(i) + ",2021-01-01 00:00:" + std::to_string(i) + ",01" + std::to_string(i) + "\n\n# \"it's\n";
  }
  expect_same_for_all_ranges(text, {.comment = '#'});
  expect_same_for_all_ranges("a\n#x\n\n1\n#\n\n\n2\n\n#\n", {.comment = '#'});
}

TEST(CsvRanges, AnEmptyTextMayBeTheExampleOfANote) { expect_same_for_all_ranges("a,b\n1,\n2,3\n4,5\n6,x\n", {.missing = {}}); }

TEST(CsvRanges, FaultsAreToldAtTheSamePlace) {
  for (const std::string& text :
       {std::string("a,b\n1,\"x\ny\"\n2,\"z\"q\n3,\"\n"), std::string("a,b\n1,2\n3\n4,5,6\n"), std::string("a,b\n1,2\n\"3,4\n5,6\n")}) {
    const std::string message = refusal(text);
    ASSERT_FALSE(message.empty());
    for (const std::size_t range_bytes : range_sizes) {
      EXPECT_EQ(message, refusal(text, {}, {range_bytes, 2})) << range_bytes;
    }
  }
}

/// A random text of few characters, the awkward ones often.
std::string random_text(const Random& random, std::uint64_t& next) {
  static const std::string letters = "ab,\"\n\r \t\xC3\xA9;x";
  std::string text;
  const std::uint64_t size = random.bits(next++) % 7;
  for (std::uint64_t i = 0; i < size; ++i) {
    const char c = letters[random.bits(next++) % letters.size()];
    text += c == '\xC3' || c == '\xA9' ? std::string("\xC3\xA9") : std::string(1, c);
  }
  return text;
}

std::string quoted_cell(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) {
    cell += c == '"' ? "\"\"" : std::string(1, c);
  }
  return cell + "\"";
}

bool needs_quotes(const std::string& text) {
  return text.find_first_of(",\n\r") != std::string::npos || text.starts_with(' ') || text.starts_with('\t') || text.ends_with(' ') ||
         text.ends_with('\t') || text.starts_with('"');
}

TEST(CsvRanges, WhatIsWrittenIsReadWhateverTheQuotes) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Random random(seed, Purpose::test);
    std::uint64_t next = 0;
    const std::size_t rows = 1 + random.bits(next++) % 30;
    const std::size_t columns = 2 + random.bits(next++) % 3;
    const std::string line_end = std::array{"\n", "\r\n", "\r"}[random.bits(next++) % 3];
    std::vector<std::vector<std::string>> cells(rows, std::vector<std::string>(columns));
    std::string text;
    for (auto& row : cells) {
      for (std::size_t i = 0; i < columns; ++i) {
        row[i] = random_text(random, next);
        text += i == 0 ? "" : ",";
        text += needs_quotes(row[i]) || random.bits(next++) % 3 == 0 ? quoted_cell(row[i]) : row[i];
      }
      text += line_end;
    }
    CsvOptions options{.header = false, .types = {}};
    for (std::size_t i = 0; i < columns; ++i) {
      options.types["c" + std::to_string(i)] = ColumnType::text;
    }
    for (const std::size_t range_bytes : {std::size_t{3}, std::size_t{17}, csv::default_range_bytes}) {
      const Result<Table> table = read_table({text}, options, {range_bytes, 2});
      if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        continue;
      }
      ASSERT_TRUE(table.has_value()) << table.error().message << "\n" << text;
      ASSERT_EQ(table->schema.rows, rows) << text;
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t i = 0; i < columns; ++i) {
          ASSERT_EQ(table->text(i, r), cells[r][i].empty() ? "<missing>" : cells[r][i]) << text;
        }
      }
    }
  }
}

TEST(CsvRanges, LargeTablesAreTheSameOnAnyThreads) {
  const Random random(5, Purpose::test);
  std::string text = "x,word,y\n";
  for (std::uint64_t i = 0; i < 20000; ++i) {
    text += std::to_string(random.normal(i)) + ",w" + std::to_string(random.bits(i) % 50) + "," + std::to_string(i) + "\n";
  }
  const Table whole = table_of(text);
  EXPECT_EQ(whole.schema.levels[1].size(), 50U);
  EXPECT_EQ(whole.number(2, 19999), 19999);
  for (const std::size_t threads : {2U, 3U}) {
    EXPECT_TRUE(same_table(whole, table_of(text, {}, {1000, threads})));
  }
}

}  // namespace
}  // namespace fallline
