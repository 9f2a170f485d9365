// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/count.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace fallline {
namespace {

TEST(Count, IsThatOfThePlainLoop) {
  std::string text;
  for (std::size_t i = 0; i < 40'000; ++i) {
    text += i % 3 == 0 || i > 20'000 ? ':' : i % 7 == 0 ? '\n' : 'x';
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{20'011}, text.size()}) {
    const std::string_view some = std::string_view(text).substr(0, size);
    const CharacterCounts counts = count_characters(some, '\n', ':');
    EXPECT_EQ(counts.first, static_cast<std::size_t>(std::count(some.begin(), some.end(), '\n'))) << size;
    EXPECT_EQ(counts.second, static_cast<std::size_t>(std::count(some.begin(), some.end(), ':'))) << size;
  }
}

}  // namespace
}  // namespace fallline
