// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/gathered_text.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "fallline/data/csv/conversion.hpp"

namespace fallline::csv {
namespace {

constexpr std::uint64_t megabyte = std::uint64_t{1} << 20U;

Result<FileText> gathered(Memory* memory, std::size_t pieces, std::size_t piece_bytes) {
  GatheredText text(memory);
  for (std::size_t i = 0; i < pieces; ++i) {
    const Result<void> well = text.append(std::string(piece_bytes, static_cast<char>('a' + i % 26)));
    if (!well) {
      return well.error();
    }
  }
  return text.finish("t");
}

TEST(GatheredText, IsTheSameInMemoryAndInAFile) {
  Memory none(1, scratch_folder());
  Memory plenty(megabyte << 10U, scratch_folder());
  const auto free = gathered(nullptr, 100, 1000);
  for (Memory* memory : {&none, &plenty}) {
    const auto held = gathered(memory, 100, 1000);
    ASSERT_TRUE(held.has_value());
    EXPECT_EQ(held->bytes(), free->bytes());
    EXPECT_EQ(held->name(), "t");
    held->let_go(held->bytes());
    EXPECT_EQ(held->bytes(), free->bytes());
  }
  EXPECT_EQ(gathered(&none, 0, 0)->bytes(), "");
}

TEST(GatheredText, CountsAgainstTheMemoryAsLongAsItLives) {
  Memory memory(64 * megabyte, scratch_folder());
  const std::uint64_t room = 24 * megabyte;
  {
    const auto text = gathered(&memory, 3, megabyte);
    EXPECT_FALSE(memory.has_room(room));
    EXPECT_TRUE(memory.has_room(room / 2));
  }
  EXPECT_TRUE(memory.has_room(room));
}

TEST(GatheredText, LeavesRoomForItsColumns) {
  Memory memory(64 * megabyte, scratch_folder());
  const auto text = gathered(&memory, 20, megabyte);  // would fit, but nothing beside it
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->bytes().size(), 20 * megabyte);
  EXPECT_TRUE(memory.has_room(24 * megabyte));
}

TEST(GatheredText, IsRefusedWhereThereIsNoFolderForIt) {
  Memory none(1, "/no/such/folder");
  const auto refused = gathered(&none, 2, 1000);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::no_room);
  EXPECT_NE(refused.error().message.find("/no/such/folder"), std::string::npos);
}

std::string utf16(std::u16string_view text) {
  std::string bytes = "\xFF\xFE";
  for (const char16_t unit : text) {
    bytes += static_cast<char>(unit & 0xFF);
    bytes += static_cast<char>(unit >> 8U);
  }
  return bytes;
}

/// Longer than a block, with a character of two units at each place where a block may end.
std::u16string long_text() {
  std::u16string text = u"a";
  while (text.size() < 1600000) {
    text += u"\U0001F600\U0001F600\r\n";
  }
  return text;
}

TEST(Conversion, IsTheSameInMemoryAndInAFile) {
  Memory none(1, scratch_folder());
  std::vector<std::string> notes;
  const FileText packed = FileText::holding(utf16(long_text()), "t");
  const auto free = in_utf8(packed, std::nullopt, nullptr, notes);
  const auto held = in_utf8(packed, std::nullopt, &none, notes);
  ASSERT_TRUE(free.has_value() && held.has_value());
  EXPECT_EQ(free->bytes(), held->bytes());
  EXPECT_TRUE(is_utf8(free->bytes()));
  EXPECT_EQ(free->bytes().size(), 1 + (long_text().size() - 1) / 6 * 10);
}

TEST(Conversion, TellsTheLineOfAFaultInALaterBlock) {
  std::u16string text = long_text();
  const std::size_t lines = (text.size() - 1) / 6;
  text += u'\xD800';
  std::vector<std::string> notes;
  const auto refused = in_utf8(FileText::holding(utf16(text), "t"), std::nullopt, nullptr, notes);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(refused.error().message.starts_with("t:" + std::to_string(lines + 1) + " holds half")) << refused.error().message;
  const auto byte = in_utf8(FileText::holding("a\rb\r\nc\n\x81", "t"), TextEncoding::windows1252, nullptr, notes);
  ASSERT_FALSE(byte.has_value());
  EXPECT_TRUE(byte.error().message.starts_with("t:4 holds the byte 0x81")) << byte.error().message;
}

}  // namespace
}  // namespace fallline::csv
