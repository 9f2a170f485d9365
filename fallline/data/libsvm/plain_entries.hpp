// SPDX-License-Identifier: Apache-2.0
// The entries that nearly all files consist of: an index of up to seven digits, a colon, one digit or a decimal fraction of up to seven
// places below ten, and one blank; up to 16 bytes before that. Where an entry ends is looked up before its digits are read, so that the
// processor is at the next one meanwhile. The rest is left to lines.cpp.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fallline/data/csv/number.hpp"

namespace fallline::libsvm {

/// Whether a token ends before such a character.
constexpr bool ends_token(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '#'; }

namespace detail {

inline std::uint64_t eight_bytes(const char* at) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, 8);
  return bytes;
}

/// How many bytes stand before the first blank or other byte below it; 16 where there are more.
inline unsigned token_length(const char* at) {
  const auto ends = [](std::uint64_t bytes) {
    return (bytes - 0x2121212121212121) & ~bytes & 0x8080808080808080;  // the lowest one set is true
  };
  const std::uint64_t low = ends(eight_bytes(at));
  const std::uint64_t high = ends(eight_bytes(at + 8));
  return static_cast<unsigned>(low != 0 ? std::countr_zero(low) : 64 + std::countr_zero(high)) / 8U;
}

/// Eight bytes of which the first ones may be digits.
struct Digits {
  std::uint64_t bytes;   // less '0'
  std::uint64_t others;  // bits in the bytes that are no digits; the lowest one set is true

  explicit Digits(std::uint64_t text)
      : bytes(text ^ 0x3030303030303030), others(((bytes + 0x0606060606060606) | bytes) & 0xF0F0F0F0F0F0F0F0) {}

  unsigned count() const { return static_cast<unsigned>(std::countr_zero(others)) / 8U; }
  /// The same for the first `count` of them, 1 to 8.
  bool are_digits(unsigned count) const { return others << (64U - 8U * count) == 0; }
  std::uint32_t value(unsigned count) const { return static_cast<std::uint32_t>(csv::detail::join_digits(bytes << (64U - 8U * count))); }
};

/// The plain value that these bytes are; false where they are none.
inline bool plain_value(const char* at, unsigned length, double& value) {
  const unsigned places = length > 1 ? length - 2 : 0;
  const Digits digits((eight_bytes(at + 1) & ~std::uint64_t{0xFF}) | static_cast<unsigned char>(at[0]));  // past the point
  if (places > 7 || (length > 1 && at[1] != '.') || !digits.are_digits(places + 1)) {
    return false;
  }
  value = static_cast<double>(static_cast<std::int32_t>(digits.value(places + 1))) / csv::detail::exact_powers[places];
  return true;
}

}  // namespace detail

/// Appends the plain entries from `at` up to the first that is none, that begins at `last` or past it, or whose index is not above the one
/// before, and up to `most` in all; `above` is the index before the first and becomes the last. At least 32 bytes after `last` can be read.
inline const char* plain_entries(const char* at, const char* last, std::int64_t& above, std::uint32_t* columns, double* values,
                                 std::size_t& entries, std::size_t most) {
  if constexpr (std::endian::native != std::endian::little) {
    return at;
  }
  std::size_t n = entries;
  std::int64_t before = above;
  while (at < last && n < most) {
    const unsigned length = detail::token_length(at);
    const char* const end = at + length;
    const detail::Digits index(detail::eight_bytes(at));
    const unsigned digits = index.count();
    double value = 0;
    if (digits - 1 > 6 || at[digits] != ':' || length <= digits + 1 || !ends_token(*end) ||
        !detail::plain_value(at + digits + 1, length - digits - 1, value)) {
      break;
    }
    const std::uint32_t column = index.value(digits);
    if (column <= before) {
      break;
    }
    before = column;
    columns[n] = column;
    values[n] = value;
    ++n;
    at = end;
    if (*end != ' ') {
      break;
    }
    ++at;
  }
  entries = n;
  above = before;
  return at;
}

}  // namespace fallline::libsvm
