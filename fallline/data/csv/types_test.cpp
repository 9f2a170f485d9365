// SPDX-License-Identifier: Apache-2.0
// Headers, and the types of whole columns.
#include "fallline/data/csv/types.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "fallline/data/testing/table.hpp"

namespace fallline {
namespace {

using testing::read_table;
using testing::refusal;
using testing::Table;
using testing::table_of;

bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

/// A column of `rows` numbers, those in `bad` replaced.
std::string column_with(std::size_t rows, std::size_t bad, const std::string& cell) {
  std::string text = "x,y\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += (i >= rows / 2 && i < rows / 2 + bad ? cell : fmt::format("{}", i)) + ",1\n";
  }
  return text;
}

TEST(CsvHeader, ALineOfDistinctTextsIsTakenAsNames) {
  const Table table = table_of("age,income\n1,2\n");
  EXPECT_EQ(table.schema.columns[1].name, "income");
  ASSERT_EQ(table.notes.size(), 1U);
  EXPECT_EQ(table.notes[0], "the first line of t.csv is taken as column names; --no-header if it is data");
}

TEST(CsvHeader, ANumberAMissingCellOrARepeatedTextMeansData) {
  for (const char* text : {"a,2\nb,3\n", "a,\nb,c\n", "a,NA\nb,c\n", "a,a\nb,c\n"}) {
    const Table table = table_of(text);
    EXPECT_EQ(table.schema.columns[0].name, "c0") << text;
    EXPECT_EQ(table.schema.rows, 2U) << text;
  }
}

TEST(CsvHeader, WhatIsToldIsObeyed) {
  EXPECT_EQ(table_of("a,b\nc,d\n", {.header = false}).schema.rows, 2U);
  EXPECT_EQ(table_of("1,2\n3,4\n", {.header = true}).schema.columns[1].name, "2");
  EXPECT_TRUE(table_of("1,2\n3,4\n", {.header = true}).notes.empty());
}

TEST(CsvHeader, NamesThatStandTwiceGetANumberAndAreTold) {
  const Table table = table_of("a,b,a,a.2,a\n1,2,3,4,5\n");
  const std::vector<std::string> expected = {"a", "b", "a.3", "a.2", "a.4"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(table.schema.columns[i].name, expected[i]);
  }
  EXPECT_EQ(table.notes.back(),
            "the header of t.csv holds names that stand twice; the later ones are called 'a.3' (column 3), 'a.4' (column 5)");
}

TEST(CsvHeader, TextsOverNumbersAreNamesThoughOneIsMissingOrRepeated) {
  EXPECT_EQ(table_of(",age\nx,2\ny,3\n").schema.columns[1].name, "age");
  EXPECT_EQ(table_of("a,a\nb,3\n").schema.rows, 1U);
  EXPECT_EQ(table_of("day,day\n2021-01-02,x\n").schema.rows, 1U);
}

TEST(CsvHeader, ANamelessColumnOfADeclaredHeaderIsCalledByItsPlace) {
  const Table table = table_of(",a\n0,5\n1,6\n", {.header = true});
  EXPECT_EQ(table.schema.columns[0].name, "c0");
  EXPECT_EQ(table.notes.size(), 1U);
  EXPECT_EQ(table_of("c1,\n0,5\n1,6\n", {.header = true}).schema.columns[1].name, "c1.2");
}

TEST(CsvHeader, AFileWithoutRowsIsRefused) {
  EXPECT_TRUE(says(refusal("a,b\n"), "holds column names but no rows"));
  EXPECT_TRUE(says(refusal("a\n"), "holds column names but no rows"));
  EXPECT_TRUE(says(refusal("a,b\n\n \n"), "holds column names but no rows"));
  EXPECT_TRUE(says(refusal(""), "t.csv is empty"));
  EXPECT_TRUE(says(refusal("\n\n"), "t.csv is empty"));
}

TEST(CsvFiles, SeveralAreReadAsOne) {
  const Result<Table> table = read_table({"a,b\n1,x\n2,y\n", "a,b\r\n3,w\r\n"});
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->schema.rows, 3U);
  EXPECT_EQ(table->number(0, 2), 3);
  EXPECT_EQ(table->schema.levels[1], (std::vector<std::string>{"w", "x", "y"}));
  EXPECT_EQ(table->text(1, 2), "w");
}

TEST(CsvFiles, OtherColumnsInALaterFileAreRefused) {
  const Result<Table> named = read_table({"a,b\n1,2\n", "a,c\n3,4\n"});
  ASSERT_FALSE(named.has_value());
  EXPECT_TRUE(says(named.error().message, "t1.csv:1: the header lacks 'b' and has 'c' besides, other than that of the first file"))
      << named.error().message;
  const Result<Table> counted = read_table({"1,2\n", "3,4,5\n"});
  ASSERT_FALSE(counted.has_value());
  EXPECT_TRUE(says(counted.error().message, "t1.csv:1: the row has 3 cells"));
}

TEST(CsvFiles, OtherOrdersAreMatchedByName) {
  const Result<Table> table = read_table({"a,b,c\n1,x,10\n", "c,a,b\n20,2,y\n30,3,5\n"});
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->number(0, 2), 3);
  EXPECT_EQ(table->text(1, 1), "y");
  EXPECT_EQ(table->number(2, 1), 20);
  EXPECT_TRUE(says(table->notes.back(), "t1.csv has its columns in another order"));
  const Result<Table> bad = read_table({"a,b\n1,2\n", "b,a\n2,1\n3,x\n"}, {.types = {{"a", ColumnType::number}}});
  ASSERT_FALSE(bad.has_value());
  EXPECT_TRUE(says(bad.error().message, "t1.csv:3: column 'a' holds 'x'")) << bad.error().message;
}

TEST(CsvFiles, OneOfSeveralMayHaveNoRows) {
  const Result<Table> table = read_table({"a,b\n1,2\n", "a,b\n"});
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->schema.rows, 1U);
  EXPECT_EQ(table->notes.back(), "t1.csv holds no rows");
}

TEST(CsvFiles, AbsentEmptyAndFolderAreRefusedByName) {
  const auto message = [](const std::string& path) {
    const auto source = open_csv({path}, {});
    return source ? std::string() : source.error().message;
  };
  const std::string folder = std::filesystem::temp_directory_path().string();
  EXPECT_TRUE(says(message(folder + "/no-such.csv"), "no-such.csv cannot be opened"));
  EXPECT_TRUE(says(message(folder), "is a directory"));
  const std::string path = fmt::format("{}/fallline-csv-test-{}.csv", folder, static_cast<const void*>(&folder));
  {
    const std::ofstream create(path);
  }
  EXPECT_TRUE(says(message(path), "is empty"));
  {
    std::ofstream(path) << "a,b\n1,2\n";
  }
  auto source = open_csv({path}, {});
  ASSERT_TRUE(source.has_value());
  ThreadPool pool(1);
  EXPECT_EQ((*source)->scan(pool, {})->rows, 1U);
  std::filesystem::remove(path);
}

TEST(CsvTypes, FewBadCellsAmongNumbersAreRefusedWithTheFirst) {
  const std::string message = refusal(column_with(1000, 1, "abc"));
  EXPECT_TRUE(says(message,
                   "t.csv:502: column 'x' holds 'abc', which is not a number, though the other 999 of its 1,000 cells are (1 such cell). "
                   "Mend the cell, or pass --types x=text, or add the value to --missing."))
      << message;
  EXPECT_TRUE(says(refusal(column_with(1000, 10, "abc")), "though the other 990 of its 1,000 cells are (10 such cells)"));
  EXPECT_TRUE(says(refusal(column_with(1000, 3, "inf")), "holds 'inf'"));
}

TEST(CsvTypes, ManyOthersMakeAColumnText) {
  const Table table = table_of(column_with(1000, 11, "abc"));
  EXPECT_EQ(table.schema.columns[0].type, ColumnType::text);
  EXPECT_EQ(table.text(0, 7), "7");
  EXPECT_EQ(table.text(0, 505), "abc");
}

TEST(CsvTypes, DatesCountDaysAndTimesCountSeconds) {
  const Table table = table_of("day,when,x\n1970-01-02,1970-01-01T00:01:00Z,1\n2000/02/29,1970-01-01 00:00:00.5,2\n,NA,3\n");
  EXPECT_EQ(table.schema.columns[0].type, ColumnType::time);
  EXPECT_EQ(table.schema.columns[0].unit, days_unit);
  EXPECT_EQ(table.schema.columns[1].unit, seconds_unit);
  EXPECT_EQ(table.number(0, 0), 1);
  EXPECT_EQ(table.number(0, 1), 11016);
  EXPECT_EQ(table.number(1, 0), 60);
  EXPECT_EQ(table.number(1, 1), 0.5);
  EXPECT_TRUE(std::isnan(table.number(0, 2)));
  EXPECT_TRUE(says(table.notes.at(1), "column 'day' holds dates, which are read as days since 1970-01-01"));
}

TEST(CsvTypes, ADateWithATimeAmongDatesMakesTheColumnSeconds) {
  const Table table = table_of("t,x\n1970-01-02,1\n1970-01-01 12:00,2\n");
  EXPECT_EQ(table.schema.columns[0].unit, seconds_unit);
  EXPECT_EQ(table.number(0, 0), 86400);
  EXPECT_EQ(table.number(0, 1), 43200);
}

TEST(CsvTypes, DaysThatNoCalendarHasAreRefused) {
  EXPECT_TRUE(
      says(refusal("t,x\n2021-01-02,1\n2021-02-30,2\n"), "t.csv:3: column 't' holds '2021-02-30', which is no day of the calendar"));
  const std::string message = refusal("t,x\n2021-01-02,1\nsoon,2\n", {.types = {{"t", ColumnType::time}}});
  EXPECT_TRUE(says(message, "t.csv:3: column 't' holds 'soon', which is not a date or time")) << message;
  EXPECT_EQ(table_of("t,x\n2021-01-02,1\nsoon,2\n").schema.columns[0].type, ColumnType::text);
}

TEST(CsvTypes, DatesMayBeDeclaredAsText) {
  EXPECT_EQ(table_of("t,x\n2021-01-02,1\n", {.types = {{"t", ColumnType::text}}}).text(0, 0), "2021-01-02");
}

TEST(CsvTypes, WhatLooksLikeNumbersStaysTextAndIsTold) {
  const auto note = [](const std::string& one, const std::string& two) {
    return table_of("a,x\n" + one + ",1\n" + two + ",2\n").notes.back();
  };
  EXPECT_TRUE(says(note("\"1,234\"", "56"), "column 'a' is read as text: it holds numbers with grouped digits, such as '1,234' (t.csv:2)"));
  EXPECT_TRUE(says(note("$5", "-$6.50"), "amounts of money"));
  EXPECT_TRUE(says(note("5%", "6 %"), "percentages, such as '5%'"));
  EXPECT_TRUE(says(note("03/04/2021", "13.4.21"), "write them as YYYY-MM-DD"));
  EXPECT_TRUE(says(note("\"1,5\"", "\"2,25\""), "pass --decimal"));
  EXPECT_TRUE(says(note("0x1F", "0xff"), "hexadecimal"));
  EXPECT_TRUE(says(note("1", "inf"), "infinite"));
  EXPECT_TRUE(says(note("1", "n/a"), "though 1 of its 2 cells are numbers, because of cells such as 'n/a' (t.csv:3)"));
}

TEST(CsvTypes, CodesWithLeadingZerosAndLongOnesAreTold) {
  EXPECT_TRUE(says(table_of("zip,x\n01234,1\n1234,2\n").notes.back(), "1 of its 2 cells begin with a zero, such as '01234' (t.csv:2)"));
  EXPECT_TRUE(says(table_of("id,x\n9007199254740993,1\n1,2\n").notes.back(), "more digits than are kept"));
  EXPECT_EQ(table_of("x,y\n0.5,0\n-0,1\n").notes.size(), 1U);
}

TEST(CsvTypes, ManyColumnsGuessedWronglyAreReadAgainTogether) {
  std::string text = "first";
  std::string row = "1";
  for (int i = 0; i < 2000; ++i) {
    text += fmt::format(",c{}", i);
    row += ",x" + std::string(200, 'y');
  }
  const Table table = table_of(text + "\n" + row + "\n");  // the first row is longer than what is looked at to guess
  EXPECT_EQ(table.schema.columns[2000].type, ColumnType::text);
  EXPECT_EQ(table.schema.levels[2000].size(), 1U);
}

TEST(CsvTypes, AColumnGuessedWronglyIsReadAgain) {
  std::string late_text = "x,y\n";
  std::string late_numbers = "x,y\n";
  for (int i = 0; i < 60000; ++i) {
    late_text += i < 50000 ? "1,2\n" : "a,2\n";
    late_numbers += i < 500 ? "a,2\n" : "1,2\n";
  }
  const Table text = table_of(late_text);
  EXPECT_EQ(text.schema.levels[0], (std::vector<std::string>{"1", "a"}));
  EXPECT_EQ(text.text(0, 0), "1");
  EXPECT_EQ(text.text(0, 59999), "a");
  EXPECT_TRUE(says(refusal(late_numbers), "t.csv:2: column 'x' holds 'a'"));
}

TEST(CsvTypes, DeclaredTypesAreObeyed) {
  EXPECT_EQ(table_of("zip,y\n01234,1\n1234,2\n", {.types = {{"zip", ColumnType::text}}}).text(0, 0), "01234");
  const std::string message = refusal("x,y\na,1\nb,2\n3,4\n", {.types = {{"x", ColumnType::number}}});
  EXPECT_TRUE(
      says(message, "t.csv:2: column 'x' holds 'a', which is not a number, though the column is declared as numbers (2 such cells)"));
  EXPECT_TRUE(says(refusal("x,y\n1,2\n", {.types = {{"X", ColumnType::text}}}), "Did you mean 'x'?"));
}

TEST(CsvTypes, ANumberBeyondDoubleIsRefusedUnlessTheColumnIsText) {
  EXPECT_TRUE(says(refusal("x,y\n1,2\n1e999,3\n"), "t.csv:3: column 'x' holds '1e999', which is larger than any double (1 such cell)"));
  EXPECT_EQ(table_of("x,y\nabc,2\n1e999,3\n").text(0, 1), "1e999");
}

TEST(CsvTypes, AColumnOfMissingCellsIsANumberColumnAndTold) {
  const Table table = table_of("x,y\nNA,1\n,2\n");
  EXPECT_EQ(table.schema.columns[0].type, ColumnType::number);
  EXPECT_EQ(table.notes.back(), "column 'x' holds only missing cells");
}

TEST(CsvTypes, ABadCellOnTheFirstLineOffersTheHeader) {
  std::string text = "x,5\n";
  for (int i = 0; i < 1000; ++i) {
    text += "1,2\n";
  }
  EXPECT_TRUE(says(refusal(text), "If the first line holds column names, pass --header."));
}

TEST(CsvSource, AStopEndsTheScan) {
  auto source = testing::open_texts({"a,b\n1,2\n"}, {});
  ThreadPool pool(1);
  StopSource stop;
  stop.request_stop();
  const Result<Schema> schema = (*source)->scan(pool, stop.token());
  ASSERT_FALSE(schema.has_value());
  EXPECT_EQ(schema.error().code, ErrorCode::interrupted);
}

TEST(CsvSource, GivesTheAskedColumnsInTheAskedOrderAgainAndAgain) {
  auto source = testing::open_texts({"a,b,c\n1,2,x\n"}, {});
  ThreadPool pool(1);
  ASSERT_TRUE((*source)->scan(pool, {}).has_value());
  for (int times = 0; times < 2; ++times) {
    const std::vector<std::size_t> columns = {2, 0};
    const Result<void> well = (*source)->read(columns, pool, [](const Chunk& chunk) -> Result<void> {
      EXPECT_EQ(chunk.columns.size(), 2U);
      EXPECT_EQ(chunk.columns[0].codes.at(0), 0);
      EXPECT_EQ(chunk.columns[1].numbers.at(0), 1);
      return data_error("enough");
    });
    EXPECT_EQ(well.error().message, "enough");
  }
}

}  // namespace
}  // namespace fallline
