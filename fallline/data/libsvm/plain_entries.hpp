// SPDX-License-Identifier: Apache-2.0
// The entries that nearly all files consist of: an index of up to seven digits, a colon, one digit or a decimal fraction of up to seven
// places below ten, and one blank. They are read without a look at more than the few bytes of each; the rest is left to lines.cpp.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fallline/data/csv/number.hpp"

namespace fallline::libsvm {

/// Whether a token ends before such a character.
constexpr bool ends_token(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '#'; }

namespace detail {

inline constexpr auto token_ends = [] {
  std::array<bool, 256> ends = {};
  for (const char c : {' ', '\n', '\t', '\r', '#'}) {
    ends[static_cast<unsigned char>(c)] = true;
  }
  return ends;
}();

/// A run of up to seven digits; eight where there are more.
struct ShortRun {
  unsigned digits = 0;
  std::uint32_t value = 0;
};

inline ShortRun short_run(const char* at) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, 8);
  bytes ^= 0x3030303030303030;
  const std::uint64_t others = ((bytes + 0x0606060606060606) | bytes) & 0xF0F0F0F0F0F0F0F0;  // the lowest one set is true
  const auto digits = static_cast<unsigned>(std::countr_zero(others)) / 8U;
  return {digits, static_cast<std::uint32_t>(csv::detail::join_digits((bytes << 8U) << (56U - 8U * (digits & 7U))))};
}

/// Where the plain value at `at` ends, or a null pointer.
inline const char* plain_value(const char* at, double& value) {
  const auto first = static_cast<unsigned>(at[0] - '0');
  if (first > 9) {
    return nullptr;
  }
  if (token_ends[static_cast<unsigned char>(at[1])]) {
    value = static_cast<double>(static_cast<int>(first));
    return at + 1;
  }
  const ShortRun fraction = short_run(at + 2);
  if (at[1] != '.' || fraction.digits - 1 > 6 || !token_ends[static_cast<unsigned char>(at[2 + fraction.digits])]) {
    return nullptr;
  }
  const std::uint64_t whole = first * csv::detail::whole_powers[fraction.digits] + fraction.value;
  value = static_cast<double>(static_cast<std::int64_t>(whole)) / csv::detail::exact_powers[fraction.digits];
  return at + 2 + fraction.digits;
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
    const detail::ShortRun index = detail::short_run(at);
    double value = 0;
    if (index.digits - 1 > 6 || at[index.digits] != ':' || static_cast<std::int64_t>(index.value) <= before) {
      break;
    }
    const char* end = detail::plain_value(at + index.digits + 1, value);
    if (end == nullptr) {
      break;
    }
    before = index.value;
    columns[n] = index.value;
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
