// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/online/row_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

/// The text in pieces of `size` bytes.
online::ReadBytes in_pieces(std::string text, std::size_t size) {
  return [text = std::move(text), size, at = std::size_t{0}](std::span<char> into, StopToken) mutable -> Result<std::size_t> {
    const std::size_t count = std::min({size, into.size(), text.size() - at});
    std::memcpy(into.data(), text.data() + at, count);
    at += count;
    return count;
  };
}

struct Read {
  std::vector<std::string> records;
  std::vector<std::size_t> lines;
  bool operator==(const Read&) const = default;
};

/// Record by record.
Read all_of(RowStream stream) {
  Read read;
  for (auto piece = stream.next(); piece && !piece->empty(); piece = stream.next()) {
    for (const StreamPiece& record : stream.apart(*piece)) {
      read.records.push_back(record.text);
      read.lines.push_back(record.line);
    }
  }
  return read;
}

TEST(RowStream, RecordsAreTheSameHoweverTheBytesArrive) {
  const std::string text = "a,b\r\n1,2\n\n3,\"x\ny\"\"z\"\r\n 4 ,\"\"\n\n5,6";
  const Read whole = all_of(*RowStream::csv(in_pieces(text, 1000), "s", {}));
  EXPECT_EQ(whole.records, (std::vector<std::string>{"1,2\n", "\n3,\"x\ny\"\"z\"\r\n", " 4 ,\"\"\n", "\n5,6"}));
  EXPECT_EQ(whole.lines, (std::vector<std::size_t>{2, 3, 6, 7}));
  for (std::size_t size = 1; size < 20; ++size) {
    EXPECT_EQ(all_of(*RowStream::csv(in_pieces(text, size), "s", {})), whole) << size;
  }
}

TEST(RowStream, LinesOfSparseRowsPassOverWhatHoldsNone) {
  const std::string text = "# first\n1 1:2\n\n-1 2:1 # c\n  \n1 3:1";
  for (std::size_t size = 1; size < 40; ++size) {
    const Read read = all_of(*RowStream::libsvm(in_pieces(text, size), "s"));
    EXPECT_EQ(read.records, (std::vector<std::string>{"# first\n1 1:2\n", "\n-1 2:1 # c\n", "  \n1 3:1"})) << size;
    EXPECT_EQ(read.lines, (std::vector<std::size_t>{1, 3, 5}));
  }
}

TEST(RowStream, TakeWaitsForAsManyRowsAsAreAskedFor) {
  auto stream = *RowStream::csv(in_pieces("a,b\n1,2\n3,4\n5,6\n", 3), "s", {});
  EXPECT_EQ(stream.take(2)->text, "1,2\n3,4\n");
  EXPECT_EQ(stream.take(2)->text, "5,6\n");
  EXPECT_TRUE(stream.take(2)->empty());
}

TEST(RowStream, AHeaderIsKnownByTheFirstTwoLines) {
  EXPECT_EQ(all_of(*RowStream::csv(in_pieces("a,b\n1,2\n", 1), "s", {})).records.size(), 1U);
  EXPECT_EQ(all_of(*RowStream::csv(in_pieces("7,8\n1,2\n", 1), "s", {})).records.size(), 2U);
  EXPECT_EQ(all_of(*RowStream::csv(in_pieces("a,b\nc,d\n", 1), "s", {.header = false})).records.size(), 2U);
  EXPECT_TRUE(all_of(*RowStream::csv(in_pieces("a,b\n", 1), "s", {})).records.empty());
}

TEST(RowStream, FaultsAreToldByTheLineOfTheStream) {
  auto stream = *RowStream::csv(in_pieces("a,b\n1,2\n\n3,4\n5,oops\n", 1), "s", {.types = {{"b", ColumnType::number}}});
  ASSERT_TRUE(stream.take(2));
  const auto piece = stream.next();
  ASSERT_TRUE(piece);
  ThreadPool pool(1);
  auto source = stream.open(*piece);
  ASSERT_TRUE(source);
  const auto schema = (*source)->scan(pool, {});
  ASSERT_FALSE(schema);
  EXPECT_NE(schema.error().message.find("s:5: column 'b' holds 'oops'"), std::string::npos) << schema.error().message;
}

TEST(RowStream, RecordsOfAnyTextAreThoseOfTheReader) {
  const std::string_view alphabet = "a1,,\"\"\n\n\r #;";
  const Random random(7, Purpose::test);
  ThreadPool pool(1);
  std::uint64_t at = 0;
  std::size_t well = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    const auto length = static_cast<std::size_t>(random.uniform(at++) * 40);
    for (std::size_t i = 0; i < length; ++i) {
      text += alphabet[static_cast<std::size_t>(random.uniform(at++) * static_cast<double>(alphabet.size()))];
    }
    const CsvOptions options{.header = false, .comment = '#'};
    const Read whole = all_of(*RowStream::csv(in_pieces(text, 1000), "s", options));
    EXPECT_EQ(all_of(*RowStream::csv(in_pieces(text, 1), "s", options)), whole) << text;
    EXPECT_EQ(all_of(*RowStream::csv(in_pieces(text, 7), "s", options)), whole) << text;
    auto source = csv_from_text(text, "s", options);
    const auto schema = source ? (*source)->scan(pool, {}) : Result<Schema>(source.error());
    if (schema && schema->columns.size() > 1) {  // the blank lines of one column are rows
      ++well;
      EXPECT_EQ(whole.records.size(), schema->rows) << text;
    }
  }
  EXPECT_GT(well, 200U);
}

TEST(RowStream, AQuoteThatIsNeverClosedIsTheLastRecord) {
  const Read read = all_of(*RowStream::csv(in_pieces("a,b\n1,\"x\n2,3\n", 2), "s", {}));
  EXPECT_EQ(read.records, (std::vector<std::string>{"1,\"x\n2,3\n"}));
}

}  // namespace
}  // namespace fallline
