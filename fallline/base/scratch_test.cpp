// SPDX-License-Identifier: Apache-2.0
// Bytes come back from a scratch file as they were put there, through the system's cache and past it.
#include "fallline/base/scratch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "fallline/base/random.hpp"

namespace fallline {
namespace {

std::vector<std::byte> noise(std::uint64_t at, std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::byte>((at + i) * 0x9E3779B97F4A7C15U >> 56U);
  }
  return bytes;
}

void expect_bytes(ScratchFile& file, std::uint64_t at, std::size_t count, AlignedBytes& room) {
  const auto read = file.read(at, count, room);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const std::vector<std::byte> expected = noise(at, count);
  EXPECT_TRUE(std::equal(read->begin(), read->end(), expected.begin(), expected.end())) << count << " bytes at " << at;
}

constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();

TEST(ScratchFile, GivesBackWhatItGot) {
  for (const std::uint64_t limit : {std::uint64_t{1}, all}) {  // the system keeps all of it; nothing
    const auto file = ScratchFile::create(Memory(limit, scratch_folder()));
    ASSERT_TRUE(file.has_value()) << file.error().message;
    const Random random(1, Purpose::test);
    AlignedBytes room;
    std::uint64_t end = 0;
    for (std::uint64_t i = 0; i < 400; ++i) {  // several blocks of either size
      const auto count = static_cast<std::size_t>(random.bits(i) % 100'000);
      const auto at = (*file)->append(noise(end, count));
      ASSERT_TRUE(at.has_value()) << at.error().message;
      EXPECT_EQ(*at, end);
      end += count;
      if (i % 50 == 7) {
        expect_bytes(**file, end - count, count, room);  // its block is not full, and goes on to be filled
      }
    }
    ASSERT_TRUE((*file)->finish().has_value());
    EXPECT_EQ((*file)->size(), end);
    for (std::uint64_t at = 0; at < end; at += 1'234'567) {
      expect_bytes(**file, at, static_cast<std::size_t>(std::min<std::uint64_t>(end - at, 2'000'001)), room);
    }
    EXPECT_FALSE((*file)->read(end - 1, 10'000, room).has_value());
  }
}

TEST(ScratchFile, AFolderThatIsNotThereIsTold) {
  const auto file = ScratchFile::create(Memory(1, "/no/such/folder"));
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::no_room);
  EXPECT_NE(file.error().message.find("/no/such/folder"), std::string::npos);
}

TEST(DoBeside, DoesEachTaskOnce) {
  for (const std::size_t threads : {1U, 4U}) {
    std::vector<int> done(100, 0);
    do_beside(done.size(), threads, [&](std::size_t i) { ++done[i]; });
    EXPECT_EQ(done, std::vector<int>(100, 1));
  }
  do_beside(0, 4, [](std::size_t) { ADD_FAILURE(); });
}

}  // namespace
}  // namespace fallline
