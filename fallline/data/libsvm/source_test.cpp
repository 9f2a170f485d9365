// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "fallline/data/libsvm/lines.hpp"
#include "fallline/data/testing/libsvm.hpp"

namespace fallline {
namespace {

using testing::Entries;
using testing::entries_of;
using testing::libsvm_refusal;
using testing::read_entries;

void expect_same(const Entries& a, const Entries& b) {
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.matrix.starts, b.matrix.starts);
  EXPECT_EQ(a.matrix.columns, b.matrix.columns);
  EXPECT_EQ(a.matrix.values, b.matrix.values);
  EXPECT_EQ(a.notes, b.notes);
}

TEST(Libsvm, ReadsLabelsAndEntries) {
  const Entries read = entries_of("+1 1:0.5 3:-2\n-1 2:1e-3\n.5 1:+7\n");
  EXPECT_EQ(read.labels, (std::vector<double>{1, -1, 0.5}));
  EXPECT_EQ(read.row(0), "0:0.5 2:-2");
  EXPECT_EQ(read.row(1), "1:0.001");
  EXPECT_EQ(read.row(2), "0:7");
  EXPECT_EQ(read.schema.matrix, 3U);
  EXPECT_EQ(read.schema.matrix_first, 1U);
  EXPECT_EQ(read.schema.columns[0].name, "label");
  EXPECT_EQ(read.schema.target, "label");
}

TEST(Libsvm, IndexZeroAnywhereMakesTheFirstFeatureZero) {
  const Entries read = entries_of("1 2:1\n1 0:5 1:6\n");
  EXPECT_EQ(read.schema.matrix_first, 0U);
  EXPECT_EQ(read.schema.matrix, 3U);
  EXPECT_EQ(read.row(0), "2:1");
  EXPECT_EQ(read.row(1), "0:5 1:6");
  EXPECT_NE(read.notes.at(0).find("numbered from 0, since a line has the index 0"), std::string::npos);
}

TEST(Libsvm, AnotherFileDecidesForAllOfThem) {
  const auto read = read_entries({"1 1:1\n", "2 0:1\n"});
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->schema.matrix_first, 0U);
  EXPECT_EQ(read->row(0), "1:1");
}

TEST(Libsvm, PassesOverBlanksCommentsAndByteOrderMark) {
  const Entries plain = entries_of("1 1:2 3:4\n0\n2 2:5\n");
  for (const char* text : {"\xEF\xBB\xBF  1\t1:2  3:4 \t\r\n0\r\n2 2:5\r\n", "1 1:2 3:4 # why\n0#\n2 2:5# 7:x\n", "1 1:2 3:4   \n0 \n2 2:5",
                           "1 1:2 3:4\n0\n2 2:5\r", "1 01:2. 3:4e0\n0.0\n+2 0002:05\n"}) {
    expect_same(entries_of(text), plain);
  }
}

TEST(Libsvm, SaysHowManyLinesWerePassedOver) {
  const Entries read = entries_of("# made by hand\n\n1 1:1\n   \n2 1:2\n");
  EXPECT_EQ(read.labels, (std::vector<double>{1, 2}));
  EXPECT_EQ(read.notes.at(1), "passed over: 3 lines, blank or with a comment only");
}

TEST(Libsvm, IgnoresQidAndSaysSo) {
  const Entries read = entries_of("1 qid:3 1:1\n2 qid:12 2:2\n3 1:1\n");
  EXPECT_EQ(read.row(1), "1:2");
  EXPECT_EQ(read.notes.at(1), "qid is ignored, in 2 rows: every row stands for itself");
}

TEST(Libsvm, NumbersAreReadToTheLastDigit) {
  const Entries read =
      entries_of("1 1:0.1 2:123456789.123456789 3:2.2250738585072014e-308 4:1.7976931348623157e308 5:0.30000000000000004441\n");
  EXPECT_EQ(read.matrix.values,
            (std::vector<double>{0.1, 123456789.123456789, 2.2250738585072014e-308, 1.7976931348623157e308, 0.30000000000000004}));
}

TEST(Libsvm, RefusesWithFileLineAndCharacter) {
  struct Case {
    const char* line;
    const char* where;
    const char* what;
  };
  for (const Case& one : {Case{"1:2 3:4", ":1:", "begins with '1:2' where its label belongs"},
                          Case{"1,2 3:4", ":1:", "'1,2' names several labels"},
                          Case{"spam 3:4", ":1:", "label 'spam' is not a number"},
                          Case{"nan 3:4", ":1:", "'nan' is not a finite number"},
                          Case{"1 abc", ":3:", "'abc' is not INDEX:VALUE"},
                          Case{"1 7", ":3:", "'7' is not INDEX:VALUE"},
                          Case{"1 a:2", ":3:", "index 'a' of 'a:2' is not a whole number"},
                          Case{"1 -1:2", ":3:", "index '-1'"},
                          Case{"1 :2", ":3:", "index ''"},
                          Case{"1 1.5:2", ":3:", "index '1.5'"},
                          Case{"1 268435457:2", ":3:", "index '268435457'"},
                          Case{"1 99999999999999999999:2", ":3:", "index '99999999999999999999'"},
                          Case{"1 1:", ":3:", "value '' of '1:'"},
                          Case{"1 1: 2", ":3:", "value '' of '1:'"},
                          Case{"1 1:2x", ":3:", "value '2x' of '1:2x'"},
                          Case{"1 1:2:3", ":3:", "value '2:3'"},
                          Case{"1 1:0x10", ":3:", "value '0x10'"},
                          Case{"1 1:1_000", ":3:", "value '1_000'"},
                          Case{"1 1:1,5", ":3:", "value '1,5'"},
                          Case{"1 2:1 5:NaN", ":7:", "'5:NaN' is not a finite number"},
                          Case{"1 2:1 5:-Infinity", ":7:", "is not a finite number"},
                          Case{"1 2:1e999", ":3:", "larger than any double"},
                          Case{"1 2:1 2:1", ":7:", "index 2 stands twice"},
                          Case{"1 5:1 2:1", ":7:", "index '2' comes after index 5"},
                          Case{"1 qid:x 2:1", ":3:", "'qid:x' is not qid: and a whole number"},
                          Case{"1 1:1 qid:2", ":7:", "index 'qid'"},
                          Case{"1 1:1\r2 1:1", ":6:", "carriage return"}}) {
    for (const std::string& padding : {std::string(), "\n3 1:" + std::string(200, '1') + "e-150\n"}) {  // read slowly, and quickly
      const std::string said = libsvm_refusal("1 1:1\n\n" + std::string(one.line) + padding);
      EXPECT_TRUE(said.starts_with(std::string("t.svm:3") + one.where)) << said;
      EXPECT_NE(said.find(one.what), std::string::npos) << said;
    }
  }
}

TEST(Libsvm, RefusesFilesWithoutRows) {
  EXPECT_EQ(libsvm_refusal(""), "t.svm is empty: it holds no rows.");
  EXPECT_EQ(libsvm_refusal("\n# nothing\n"), "t.svm holds only blank lines and comments: no rows.");
  EXPECT_NE(libsvm_refusal(std::string("1 1:2\0", 6)), "");
}

TEST(Libsvm, KeepsToTheNumberingOfTheModel) {
  const std::string said = libsvm_refusal("1 1:1\n1 0:1 1:1\n", {false, 2});
  EXPECT_EQ(said, "t.svm:2:3: '0:1' has the index 0, but the features are numbered from 1, as in training.");
  const Entries read = entries_of("1 1:1\n", {true, 5});
  EXPECT_EQ(read.schema.matrix_first, 0U);
  EXPECT_EQ(read.schema.matrix, 5U);
  EXPECT_EQ(read.row(0), "1:1");
}

TEST(Libsvm, LeavesOutEntriesPastTheWidthOfTheModelAndCountsThem) {
  const Entries read = entries_of("1 1:1 3:3 4:4\n2 2:2 9:9\n3 5:5\n4\n", {false, 3});
  EXPECT_EQ(read.schema.matrix, 3U);
  EXPECT_EQ(read.row(0), "0:1 2:3");
  EXPECT_EQ(read.row(1), "1:2");
  EXPECT_EQ(read.row(2), "");
  EXPECT_EQ(read.notes, (std::vector<std::string>{"left out: 3 entries with an index above 3, the largest in training"}));
}

TEST(Libsvm, RangesAndThreadsChangeNothing) {
  std::string text = "# head\n";
  for (int i = 0; i < 300; ++i) {
    text += std::to_string(i % 3) + (i % 7 == 0 ? " qid:1" : "");
    for (int j = 1 + i % 5; j < 40; j += 1 + (i * j) % 11) {
      text += " " + std::to_string(j) + ":" + std::to_string(0.37 * i - j);
    }
    text += i % 50 == 0 ? "\r\n\n" : "\n";
  }
  const Entries whole = entries_of(text);
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{17}, std::size_t{1000}}) {
    for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
      expect_same(entries_of(text, {}, {bytes, threads}), whole);
      EXPECT_EQ(libsvm_refusal(text + "1 3:1 3:2\n1 x\n", {}, {bytes, threads}), libsvm_refusal(text + "1 3:1 3:2\n1 x\n"));
    }
  }
}

TEST(Libsvm, PiecesThatDoNotStayInMemoryAreReadBackAsTheyWere) {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += std::to_string(i % 2) + " " + std::to_string(1 + i % 7) + ":" + std::to_string(0.01 * i) + " 9:1" +
            (i % 9 == 0 ? " # x:y\n\n" : "\n");
  }
  const Entries whole = entries_of(text);
  for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{40'000}, std::uint64_t{1} << 30U}) {
    Memory memory(limit, ::testing::TempDir());
    expect_same(entries_of(text, {std::nullopt, std::nullopt, &memory}, {1000, 2}), whole);
  }
}

TEST(Libsvm, PlainEntriesStandBesideOthersOfAllKinds) {
  const Entries read =
      entries_of("1 1:1 2:0.5 3:-2 4:10 5:0.12345678 12345678:3 12345679:0.0000001\n-1 2:9\t3:7.25 # 4:1\n0 7:1e2 8:.5 9:5. 10:0.1\n" +
                 std::string(100, '\n'));
  EXPECT_EQ(read.row(0).substr(0, 19), "0:1 1:0.5 2:-2 3:10");
  EXPECT_EQ(read.matrix.values, (std::vector<double>{1, 0.5, -2, 10, 0.12345678, 3, 1e-7, 9, 7.25, 100, 0.5, 5, 0.1}));
  EXPECT_EQ(read.matrix.columns, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 12345677, 12345678, 1, 2, 6, 7, 8, 9}));
}

TEST(Libsvm, EntriesOfAnyLengthAreReadAlike) {
  const std::string fraction = "0.123456789";
  for (const std::string index : {"7", "77", "777", "7777", "77777", "777777", "7777777", "77777777"}) {
    for (std::size_t length = 3; length <= fraction.size(); ++length) {
      const std::string value = fraction.substr(0, length);
      for (const char* after : {" 99999999:1\n", "\t99999999:1\n", "\n", "\r\n", "#\n", ""}) {
        const Entries read = entries_of("1 1:5 " + index + ":" + value + after + std::string(*after == '\0' ? 0 : 100, '\n'));
        EXPECT_EQ(read.matrix.columns[1], std::stoul(index) - 1);
        EXPECT_EQ(read.matrix.values[1], std::stod(value)) << index << ":" << value << after;
      }
      const std::string said = libsvm_refusal("1 1:5 " + index + ":" + value + "\v2:1\n" + std::string(100, '\n'));
      EXPECT_TRUE(said.starts_with("t.svm:1:7:")) << said;
    }
  }
}

TEST(Libsvm, MoreThanWasCountedIsAFaultAndGoesNowhere) {
  const std::string text = "1 1:1 2:0.5 3:1\n2 1:1\n" + std::string(100, '\n');
  for (const libsvm::LineCounts& most : {libsvm::LineCounts{2, 2}, libsvm::LineCounts{1, 4}}) {
    std::vector<double> labels(3, -1);
    std::vector<std::uint64_t> ends(3, 99);
    std::vector<std::uint32_t> columns(5, 99);
    std::vector<double> values(5, -1);
    const libsvm::Lines lines =
        libsvm::parse_lines(text, text.data() + text.size(), false, {labels.data(), ends.data(), columns.data(), values.data(), most, 0});
    EXPECT_EQ(lines.fault.kind, libsvm::FaultKind::changed);
    EXPECT_EQ(labels[most.rows], -1);
    EXPECT_EQ(ends[most.rows], 99U);
    EXPECT_EQ(columns[most.entries], 99U);
    EXPECT_EQ(values[most.entries], -1);
  }
}

}  // namespace
}  // namespace fallline
