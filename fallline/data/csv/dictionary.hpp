// SPDX-License-Identifier: Apache-2.0
// The distinct texts of one column in the order of their first sight: text -> code by open addressing, without an allocation a cell.
#pragma once

#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

namespace fallline::csv {

class Dictionary {
 public:
  /// The code of `text`, a new one where it was not seen before. `lasting`: the bytes outlive the dictionary and need no copy.
  std::int32_t code_of(std::string_view text, bool lasting);

  /// The code of `text` where it was seen before.
  static constexpr std::int32_t unknown = -2;
  std::int32_t find(std::string_view text) const;

  /// code -> text.
  const std::vector<std::string_view>& levels() const { return levels_; }

  /// In memory.
  std::uint64_t bytes() const;

 private:
  std::size_t slot_of(std::string_view text, std::uint64_t hash) const;
  void grow();
  std::string_view own(std::string_view text);

  std::vector<std::string_view> levels_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::int32_t> slots_;       // a power of two, at most half full; -1 is free
  std::forward_list<std::string> owned_;  // of many texts each, which never move; an empty list takes no room
  std::uint64_t owned_bytes_ = 0;
};

}  // namespace fallline::csv
