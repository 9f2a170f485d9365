// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/dictionary.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace fallline::csv {

namespace {

std::uint64_t mixed(std::uint64_t x) {
  x *= 0x9E3779B97F4A7C15;
  return x ^ (x >> 32U);
}

constexpr std::size_t short_text = 7;  // of so many bytes, of which none is 0: the hash tells it from all other short ones

/// The bytes of a short text as a number.
std::uint64_t number_of(std::string_view text) {
  if (text.size() >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, text.data(), 4);
    std::memcpy(&last, text.data() + text.size() - 4, 4);
    return first | std::uint64_t{last} << (8 * (text.size() - 4));  // what both hold is the same
  }
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return number;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mixed(hash ^ word);
    text.remove_prefix(8);
  }
  return mixed(mixed(hash ^ number_of(text)));
}

/// Whether texts of the same hash are the same.
bool same_text(std::string_view a, std::string_view b) {
  const bool told_by_hash = std::endian::native == std::endian::little && a.size() <= short_text;
  return a.size() == b.size() && (told_by_hash || a == b);
}

}  // namespace

std::int32_t Dictionary::code_of(std::string_view text, bool lasting) {
  if (slots_.size() < 2 * (levels_.size() + 1)) {
    grow();
  }
  const std::uint64_t hash = hash_of(text);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] >= 0; slot = (slot + 1) & mask) {
    const auto code = static_cast<std::size_t>(slots_[slot]);
    if (hashes_[code] == hash && same_text(levels_[code], text)) {
      return slots_[slot];
    }
  }
  const auto code = static_cast<std::int32_t>(levels_.size());
  slots_[slot] = code;
  hashes_.push_back(hash);
  levels_.push_back(lasting ? text : std::string_view(owned_.emplace_front(text)));
  return code;
}

void Dictionary::grow() {
  const std::size_t size = slots_.empty() ? 16 : 2 * slots_.size();
  slots_.assign(size, -1);
  for (std::size_t code = 0; code < hashes_.size(); ++code) {
    std::size_t slot = hashes_[code] & (size - 1);
    while (slots_[slot] >= 0) {
      slot = (slot + 1) & (size - 1);
    }
    slots_[slot] = static_cast<std::int32_t>(code);
  }
}

void Dictionary::keep_texts() {
  std::size_t size = 0;
  for (const std::string_view text : levels_) {
    size += text.size();
  }
  std::forward_list<std::string> kept(1);
  std::string& bytes = kept.front();
  bytes.reserve(size);
  for (std::string_view& text : levels_) {
    const std::size_t at = bytes.size();
    bytes.append(text);
    text = std::string_view(bytes.data() + at, text.size());
  }
  owned_ = std::move(kept);
}

}  // namespace fallline::csv
