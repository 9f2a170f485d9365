// SPDX-License-Identifier: Apache-2.0
// How the text of a file becomes cells: quotes, line ends, blanks, missing cells.
#include <gtest/gtest.h>

#include "fallline/data/testing/table.hpp"

namespace fallline {
namespace {

using testing::refusal;
using testing::Table;
using testing::table_of;

TEST(CsvCells, QuotesHoldCommasNewlinesAndDoubledQuotes) {
  const Table table = table_of("name,x\n\"a,b\",1\n\"two\nlines\",2\n\"say \"\"hi\"\"\",3\n\"\"\"\",4\n");
  EXPECT_EQ(table.text(0, 0), "a,b");
  EXPECT_EQ(table.text(0, 1), "two\nlines");
  EXPECT_EQ(table.text(0, 2), "say \"hi\"");
  EXPECT_EQ(table.text(0, 3), "\"");
  EXPECT_EQ(table.number(1, 3), 4);
}

TEST(CsvCells, AQuoteInsideAnUnquotedCellIsACharacter) {
  const Table table = table_of("name,x\n5\" pipe,1\nab\"c,2\n");
  EXPECT_EQ(table.text(0, 0), "5\" pipe");
  EXPECT_EQ(table.text(0, 1), "ab\"c");
}

TEST(CsvCells, EveryKindOfLineEndEndsALine) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const std::string e = end;
    const Table table = table_of("a,b" + e + "1,x" + e + "2,y" + e);
    ASSERT_EQ(table.schema.rows, 2U);
    EXPECT_EQ(table.number(0, 1), 2);
    EXPECT_EQ(table.text(1, 1), "y");
    EXPECT_TRUE(testing::same_table(table, table_of("a,b" + e + "1,x" + e + "2,y"))) << "the last line end may be missing";
  }
}

TEST(CsvCells, AByteOrderMarkIsNotPartOfTheFirstName) {
  EXPECT_EQ(table_of("\xEF\xBB\xBF"
                     "a,b\n1,2\n")
                .schema.columns[0]
                .name,
            "a");
}

TEST(CsvCells, BlanksAroundUnquotedCellsDoNotCount) {
  const Table table = table_of("39, State-gov ,\t1\n40,\tState-gov, 2 \n");
  EXPECT_EQ(table.schema.levels[1], std::vector<std::string>{"State-gov"});
  EXPECT_EQ(table.number(2, 0), 1);
  EXPECT_EQ(table.number(2, 1), 2);
}

TEST(CsvCells, BlanksInsideQuotesCount) { EXPECT_EQ(table_of("a,b\n \" x \" ,1\n").text(0, 0), " x "); }

TEST(CsvCells, BlankLinesAreSkippedWhereThereAreSeveralColumns) {
  const Table table = table_of("\n\na,b\n\n1,2\n  \n3,4\n\n\n");
  EXPECT_EQ(table.schema.rows, 2U);
}

TEST(CsvCells, ABlankLineOfAOneColumnFileIsAMissingCell) {
  const Table table = table_of("a\n1\n\n3\n");
  ASSERT_EQ(table.schema.rows, 3U);
  EXPECT_TRUE(std::isnan(table.number(0, 1)));
}

TEST(CsvCells, TabsSeparateWhereAskedAndEmptyCellsStayCells) {
  const Table table = table_of("a\tb\tc\n1\t\tx y\n\t\t\n", {.delimiter = '\t'});
  ASSERT_EQ(table.schema.rows, 2U);
  EXPECT_TRUE(std::isnan(table.number(1, 0)));
  EXPECT_EQ(table.text(2, 0), "x y");
  EXPECT_EQ(table.text(2, 1), "<missing>");
}

TEST(CsvCells, DecimalCommasGoWithSemicolons) {
  const Table table = table_of("a;b\n1,5;2\n-0,25;3\n", {.delimiter = ';', .decimal = ','});
  EXPECT_EQ(table.number(0, 0), 1.5);
  EXPECT_EQ(table.number(0, 1), -0.25);
  EXPECT_NE(refusal("a\n1\n", {.decimal = ','}).find("--delimiter ';'"), std::string::npos);
}

TEST(CsvCells, MissingTextsMatchWholeTrimmedCells) {
  const Table table = table_of("x,t\n1,a\n NA ,NA\n?,?\nNaN,NAN\nnull,\n");
  for (std::size_t row = 1; row < 5; ++row) {
    EXPECT_TRUE(std::isnan(table.number(0, row))) << row;
  }
  EXPECT_EQ(table.text(1, 2), "<missing>");
  EXPECT_EQ(table.text(1, 3), "NAN");
  EXPECT_EQ(table.text(1, 4), "<missing>");
}

TEST(CsvCells, InQuotesOnlyTheEmptyCellIsMissing) {
  const Table table = table_of("t,x\n\"NA\",1\n\"\",2\nNA,3\n");
  EXPECT_EQ(table.text(0, 0), "NA");
  EXPECT_EQ(table.text(0, 1), "<missing>");
  EXPECT_EQ(table.text(0, 2), "<missing>");
}

TEST(CsvCells, AMissingListReplacesTheUsualOne) {
  const Table table = table_of("x,t\n-999,NA\n-999.0,b\n5,-999\n", {.missing = {"-999"}});
  EXPECT_TRUE(std::isnan(table.number(0, 0)));
  EXPECT_EQ(table.number(0, 1), -999);
  EXPECT_EQ(table.text(1, 0), "NA");
  EXPECT_EQ(table.text(1, 2), "<missing>");
}

TEST(CsvCells, NumbersMayStandInQuotes) { EXPECT_EQ(table_of("a,b\n\"1.5\",2\n2.5,3\n").number(0, 0), 1.5); }

TEST(CsvCells, LongDigitsAreReadToTheLastBit) {
  EXPECT_EQ(table_of("a,b\n0.1000000000000000055511151231257827,9007199254740993\n1,2\n").number(0, 0), 0.1);
  EXPECT_EQ(table_of("a,b\n1,9007199254740993\n1,2\n").number(1, 0), 9007199254740992.0);
}

TEST(CsvCells, TextAfterAClosingQuoteIsRefusedWithItsPlace) {
  const std::string message = refusal("a,b\n1,x\n2,\"x\"y\n");
  EXPECT_NE(message.find("t.csv:3: column 'b' has text after its closing quote"), std::string::npos) << message;
}

TEST(CsvCells, AnUnclosedQuoteIsRefusedWhereItOpens) {
  const std::string message = refusal("a,b\n1,x\n2,\"x\n3,y\n4,z\n");
  EXPECT_NE(message.find("t.csv:3: column 'b' opens a quote that is never closed"), std::string::npos) << message;
}

TEST(CsvCells, ARowWithTooManyOrTooFewCellsIsRefused) {
  const std::string more = refusal("a,b\n1,2\n\n3,4,5\n");
  EXPECT_NE(more.find("t.csv:4: the row has 3 cells, but the file has 2 columns ('a' to 'b')"), std::string::npos) << more;
  const std::string fewer = refusal("a,b\r\n1,2\r\n\"x\ny\"\r\n");
  EXPECT_NE(fewer.find("t.csv:3: the row has 1 cell,"), std::string::npos) << fewer;
}

TEST(CsvCells, BinaryAndForeignTextIsRefused) {
  EXPECT_NE(refusal(std::string("a,b\n1,\0002\n", 9)).find("t.csv:2 holds NUL bytes"), std::string::npos);
  EXPECT_NE(refusal(std::string("a\0,b\n1,2\n", 9)).find("t.csv:1 holds NUL bytes"), std::string::npos);
  EXPECT_NE(refusal("\x1F\x8B\x08garbage").find("gzip"), std::string::npos);
  const std::string latin = refusal("city,x\nBern,1\nZ\xFCrich,2\n");
  EXPECT_NE(latin.find("t.csv:3: a text in column 'city' is not UTF-8: 'Z\\xfcrich' holds 0xFC. Pass the file's encoding"),
            std::string::npos)
      << latin;
  EXPECT_NE(refusal("city,x\nBern,1\n\"Z\xFC\"\"rich\",2\n").find("t.csv:3: a text in column 'city' is not UTF-8"), std::string::npos);
  EXPECT_NE(refusal("caf\xE9,x\nBern,1\n", {.header = true}).find("t.csv:1: the name of column 1"), std::string::npos);
}

TEST(CsvCells, OtherEncodingsAreReadWhereTold) {
  EXPECT_EQ(table_of("t,x\nZ\xFCrich,1\n", {.encoding = TextEncoding::latin1}).text(0, 0), "Z\xC3\xBCrich");
  EXPECT_EQ(table_of("t,x\n5 \x80,1\n", {.encoding = TextEncoding::windows1252}).text(0, 0), "5 \xE2\x82\xAC");
  const std::string none = refusal("t,x\na,1\n\x81,1\n", {.encoding = TextEncoding::windows1252});
  EXPECT_NE(none.find("t.csv:3 holds the byte 0x81"), std::string::npos) << none;
}

TEST(CsvCells, Utf16IsReadByItsMarkOrWhereTold) {
  const std::u16string text = u"t,x\nZ\u00FC,1\n\U0001F600,2\n";
  std::string little;
  std::string big;
  for (const char16_t c : text) {
    little += {static_cast<char>(c & 0xFFU), static_cast<char>(c >> 8U)};
    big += {static_cast<char>(c >> 8U), static_cast<char>(c & 0xFFU)};
  }
  for (const std::string& marked : {"\xFF\xFE" + little, "\xFE\xFF" + big}) {
    const Table table = table_of(marked);
    EXPECT_EQ(table.text(0, 0), "Z\xC3\xBC");
    EXPECT_EQ(table.text(0, 1), "\xF0\x9F\x98\x80");
  }
  EXPECT_EQ(table_of(big, {.encoding = TextEncoding::utf16}).schema.rows, 2U);
  EXPECT_EQ(table_of(little, {.encoding = TextEncoding::utf16}).schema.rows, 2U);
  EXPECT_NE(refusal(little).find("--encoding utf-16"), std::string::npos);
  EXPECT_NE(refusal(little + "x", {.encoding = TextEncoding::utf16}).find("odd number"), std::string::npos);
  EXPECT_NE(refusal("\xFF\xFE" + little, {.encoding = TextEncoding::latin1}).find("--encoding utf-16"), std::string::npos);
}

TEST(CsvCells, CommentLinesArePassedOverAndCounted) {
  const Table table = table_of("# made by hand\na,b\n1,x#y\n  # 7, \"8\n\"#2\",y\n#\n", {.comment = '#'});
  ASSERT_EQ(table.schema.rows, 2U);
  EXPECT_EQ(table.text(1, 0), "x#y");
  EXPECT_EQ(table.text(0, 1), "#2");
  EXPECT_EQ(table.notes.at(1), "3 comment lines of t.csv passed over");
  EXPECT_EQ(table_of("a\n1\n#\n\n2\n", {.comment = '#'}).schema.rows, 3U);
  EXPECT_NE(refusal("# made by hand\na,b\n1,2\n").find("--comment '#'"), std::string::npos);
  EXPECT_NE(refusal("a,b\n1,2\n", {.comment = ','}).find("--comment"), std::string::npos);
}

TEST(CsvCells, BlankLinesAreCountedButThoseAtTheEnd) {
  EXPECT_EQ(table_of("a,b\n\n1,2\n \n3,4\n\n\n").notes.at(1), "2 blank lines of t.csv passed over");
  EXPECT_EQ(table_of("a,b\n1,2\n\n").notes.size(), 1U);
  EXPECT_EQ(table_of("a\n1\n\n3\n").notes.at(1), "1 blank line of t.csv taken as missing cells of its one column");
}

TEST(CsvCells, AnotherDelimiterIsOfferedWhereItWasMeant) {
  const std::string semicolon = refusal("a;b\n1,5;2\n2,5;3\n");
  EXPECT_NE(semicolon.find("t.csv:1: the line is a single cell with the delimiter ,"), std::string::npos) << semicolon;
  EXPECT_NE(semicolon.find("--delimiter ';' --decimal ,"), std::string::npos) << semicolon;
  EXPECT_NE(refusal("a\tb\n1\t2\n").find("--delimiter tab"), std::string::npos);
  EXPECT_NE(refusal("1 2 3\n4 5 6\n").find("--delimiter space"), std::string::npos);
  EXPECT_NE(refusal("a;b;c,d\n1;2;3\n").find("With --delimiter ';' every row has 3 cells"), std::string::npos);
  EXPECT_EQ(table_of("a;b\n1;2\n", {.delimiter = ','}).schema.columns.size(), 1U);
}

TEST(CsvCells, ALineThatNamesTheDelimiterIsObeyed) {
  for (const char* first : {"sep=;\r\n", "\"sep=;\"\n", "sep=;\r"}) {
    const Table table = table_of(std::string(first) + "a;b\n1;2,x\n");
    EXPECT_EQ(table.text(1, 0), "2,x") << first;
    EXPECT_EQ(table.notes.at(0), "the first line of t.csv names ';' as the delimiter");
  }
  EXPECT_NE(refusal("sep=;\na;b\n1;2;3\n").find("t.csv:3: the row has 3 cells"), std::string::npos);
  EXPECT_NE(refusal("sep=;\na;b\n1;2\n", {.delimiter = ','}).find("t.csv:1: the first line names ';', a delimiter other than ','"),
            std::string::npos);
  EXPECT_NE(refusal("sep=x\naxb\n").find("cannot separate"), std::string::npos);
}

TEST(CsvCells, QuotedBlanksAreNoNumberButAText) {
  const Table table = table_of("a,b\n\" 1.5 \",x\n\"  \",\" \"\n");
  EXPECT_EQ(table.number(0, 0), 1.5);
  EXPECT_TRUE(std::isnan(table.number(0, 1)));
  EXPECT_EQ(table.text(1, 1), " ");
}

TEST(CsvCells, DelimitersThatCannotSeparateAreRefused) {
  for (const char c : {'"', '\n', 'a', '0', '-', '.'}) {
    EXPECT_NE(refusal("a\n1\n", {.delimiter = c}), "") << c;
  }
}

}  // namespace
}  // namespace fallline
