// SPDX-License-Identifier: Apache-2.0
// The entries that nearly all files consist of: an index of up to seven digits, a colon, one digit or a decimal fraction of up to seven
// places below ten, and one blank; up to 16 bytes before that. Where an entry ends is looked up before its digits are read, so that the
// processor is at the next one meanwhile. The rest is left to lines.cpp.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#if defined(__x86_64__)
#include <emmintrin.h>
#endif

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

/// How many bytes stand before the first that is a blank or no character of a plain entry; 16 where there are more.
inline unsigned token_length(const char* at) {
#if defined(__x86_64__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const int ends = _mm_movemask_epi8(_mm_cmplt_epi8(bytes, _mm_set1_epi8('!')));
  return static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(ends) | 0x10000U));
#else
  const auto ends = [](std::uint64_t bytes) {
    return (bytes - 0x2121212121212121) & ~bytes & 0x8080808080808080;  // the lowest one set is true
  };
  const std::uint64_t low = ends(eight_bytes(at));
  const std::uint64_t high = ends(eight_bytes(at + 8));
  return static_cast<unsigned>(low != 0 ? std::countr_zero(low) : 64 + std::countr_zero(high)) / 8U;
#endif
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
  /// The first `count` of them behind zeros.
  std::uint64_t aligned(unsigned count) const { return bytes << (64U - 8U * count); }
};

/// csv::detail::join_digits of two at once: neighbours join into pairs, into fours, into eight.
inline std::pair<std::uint32_t, std::uint32_t> join_two(std::uint64_t a, std::uint64_t b) {
#if defined(__x86_64__)
  const __m128i digits = _mm_set_epi64x(static_cast<long long>(b), static_cast<long long>(a));
  const __m128i tens = _mm_mullo_epi16(_mm_and_si128(digits, _mm_set1_epi16(0xFF)), _mm_set1_epi16(10));
  const __m128i fours = _mm_madd_epi16(_mm_add_epi16(tens, _mm_srli_epi16(digits, 8)), _mm_set1_epi32(0x10064));
  const __m128i both = _mm_madd_epi16(_mm_packs_epi32(fours, fours), _mm_set1_epi32(0x12710));
  const auto pair = static_cast<std::uint64_t>(_mm_cvtsi128_si64(both));
  return {static_cast<std::uint32_t>(pair), static_cast<std::uint32_t>(pair >> 32U)};
#else
  return {static_cast<std::uint32_t>(csv::detail::join_digits(a)), static_cast<std::uint32_t>(csv::detail::join_digits(b))};
#endif
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
    if (digits - 1 > 6 || at[digits] != ':' || length <= digits + 1 || !ends_token(*end)) {
      break;
    }
    const char* const number = at + digits + 1;
    const unsigned places = length > digits + 2 ? length - digits - 3 : 0;
    const detail::Digits value((detail::eight_bytes(number + 1) & ~std::uint64_t{0xFF}) | static_cast<unsigned char>(*number));
    if (places > 7 || (length > digits + 2 && number[1] != '.') || !value.are_digits(places + 1)) {
      break;
    }
    const auto [column, whole] = detail::join_two(index.aligned(digits), value.aligned(places + 1));
    if (column <= before) {
      break;
    }
    before = column;
    columns[n] = column;
    values[n] = static_cast<double>(static_cast<std::int32_t>(whole)) / csv::detail::exact_powers[places];
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
