// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/levels.hpp"

#include <gtest/gtest.h>

#include "fallline/data/csv/source.hpp"

namespace fallline::csv {
namespace {

/// Scans a table under a ceiling so low that only the least for texts is left.
Result<Schema> scan(const std::string& text, std::size_t range_bytes) {
  Memory memory(std::uint64_t{16} << 20U, scratch_folder());
  CsvOptions options;
  options.memory = &memory;
  ThreadPool pool(2);
  std::vector<FileText> files;
  files.push_back(FileText::holding(text, "t.csv"));
  const auto source = make_source(std::move(files), options, range_bytes);
  return source ? (*source)->scan(pool, {}) : source.error();
}

std::string table(std::size_t rows, std::size_t distinct, std::size_t bytes) {
  std::string text = "t,y\n";
  for (std::size_t i = 0; i < rows; ++i) {
    std::string word = "w" + std::to_string(i * 7919 % distinct) + "-";
    word.resize(std::max(bytes, word.size()), 'x');
    text += word + "," + std::to_string(i % 2) + "\n";
  }
  return text;
}

TEST(Levels, CountOnceHoweverManyPartsHoldThem) {
  const auto schema = scan(table(400000, 300, 6), 1000);
  ASSERT_TRUE(schema.has_value()) << schema.error().message;
  EXPECT_EQ(schema->levels[0].size(), 300U);
}

TEST(Levels, CountByTheirLength) {
  EXPECT_TRUE(scan(table(30000, 30000, 10), 1U << 20U).has_value());
  const auto refused = scan(table(30000, 30000, 200), 1U << 20U);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::no_room);
  EXPECT_NE(refused.error().message.find("Column 't' holds more different texts"), std::string::npos) << refused.error().message;
}

TEST(Levels, OfAColumnThatProvesToBeTextAreCountedToo) {
  std::string text = "t,y\n";
  for (int i = 0; i < 30000; ++i) {  // numbers at first, which is what the sample sees
    text += std::to_string(i) + ",1\n";
  }
  const auto refused = scan(text + table(60000, 60000, 200).substr(4), 1U << 16U);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::no_room) << refused.error().message;
}

}  // namespace
}  // namespace fallline::csv
