// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/dictionary.hpp"

#include <cstring>
#include <utility>

namespace fallline::csv {

namespace {

std::uint64_t mixed(std::uint64_t x) {
  x *= 0x9E3779B97F4A7C15;
  return x ^ (x >> 32U);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mixed(hash ^ word);
    text.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, text.data(), text.size());
  return mixed(mixed(hash ^ rest));
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
    if (hashes_[code] == hash && levels_[code] == text) {
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
