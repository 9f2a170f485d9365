// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/dictionary.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

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
  const std::size_t slot = slot_of(text, hash);
  if (slots_[slot] >= 0) {
    return slots_[slot];
  }
  const auto code = static_cast<std::int32_t>(levels_.size());
  slots_[slot] = code;
  hashes_.push_back(hash);
  levels_.push_back(lasting ? text : own(text));
  return code;
}

std::int32_t Dictionary::find(std::string_view text) const {
  const std::int32_t code = slots_.empty() ? -1 : slots_[slot_of(text, hash_of(text))];
  return code >= 0 ? code : unknown;
}

/// Where its code stands, or is free to stand.
std::size_t Dictionary::slot_of(std::string_view text, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] >= 0; slot = (slot + 1) & mask) {
    const auto code = static_cast<std::size_t>(slots_[slot]);
    if (hashes_[code] == hash && same_text(levels_[code], text)) {
      break;
    }
  }
  return slot;
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

/// A copy of the text, behind the others. The strings double up to 1 MiB, so that few texts take little and many are few strings.
std::string_view Dictionary::own(std::string_view text) {
  constexpr std::size_t least = 64;
  constexpr std::size_t most = std::size_t{1} << 20U;
  if (owned_.empty() || owned_.front().capacity() - owned_.front().size() < text.size()) {
    const std::size_t next = owned_.empty() ? least : std::min(most, 2 * owned_.front().capacity());
    owned_.emplace_front().reserve(std::max(next, text.size()));
    owned_bytes_ += owned_.front().capacity();
  }
  std::string& bytes = owned_.front();
  const std::size_t at = bytes.size();
  bytes.append(text);
  return {bytes.data() + at, text.size()};
}

std::uint64_t Dictionary::bytes() const {
  return levels_.capacity() * sizeof(std::string_view) + hashes_.capacity() * sizeof(std::uint64_t) +
         slots_.capacity() * sizeof(std::int32_t) + owned_bytes_;
}

}  // namespace fallline::csv
