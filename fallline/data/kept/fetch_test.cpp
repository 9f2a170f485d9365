// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/fetch.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fallline::kept {
namespace {

TEST(Fetched, HasThePiecesThatWereAskedForInAnyOrder) {
  const auto file = ScratchFile::create(Memory(1, scratch_folder()));
  ASSERT_TRUE(file.has_value());
  std::vector<std::byte> bytes(5 << 20);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(i * 31 >> 4U);
  }
  ASSERT_TRUE((*file)->append(bytes).has_value());
  Fetched fetched;
  const std::vector<std::vector<Piece>> asked = {
      {{4'000'000, 10}, {0, 3}, {3, 100}, {200, 4}, {1'000'000, 2'900'000}},  // close together, far apart, longer than a read
      {{7, 1}},
      {},
  };
  for (const std::vector<Piece>& pieces : asked) {
    ASSERT_TRUE(fetched.bring(**file, pieces).has_value());
    for (const Piece& piece : pieces) {
      const auto got = fetched.bytes_of(piece);
      ASSERT_EQ(got.size(), piece.bytes);
      EXPECT_TRUE(std::equal(got.begin(), got.end(), bytes.begin() + static_cast<std::ptrdiff_t>(piece.at)));
    }
  }
  EXPECT_FALSE(fetched.bring(**file, {{0, 10}, {bytes.size(), 5000}}).has_value()) << "what was never put there";
}

}  // namespace
}  // namespace fallline::kept
