// SPDX-License-Identifier: Apache-2.0
// How often two characters stand in a text, at the speed of memory.
#pragma once

#include <cstddef>
#include <string_view>

namespace fallline {

struct CharacterCounts {
  std::size_t first = 0;
  std::size_t second = 0;
};

CharacterCounts count_characters(std::string_view text, char first, char second);

}  // namespace fallline
