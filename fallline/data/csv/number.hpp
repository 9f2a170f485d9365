// SPDX-License-Identifier: Apache-2.0
// Digits to double, correctly rounded, without a locale. Most cells are plain decimals with few digits: their digits fit a whole
// number below 2^53 and the power of ten is exact, so that one multiplication or division rounds once (Clinger 1990, "How to read
// floating point numbers accurately"). Digits are read eight at a time. The rest goes to fast_float.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace fallline::csv {

enum class Reading { number, too_large, not_a_number };

/// The whole of `text` as a decimal number. inf, nan, hexadecimal and grouped digits are not numbers; what passes the range of a double is
/// too_large; what is nearer to zero than any double is zero.
Reading read_number(std::string_view text, char decimal, double& value);

/// A caller of quick_number leaves so many readable bytes after its position.
inline constexpr std::ptrdiff_t quick_number_reach = 64;

namespace detail {

inline constexpr std::array<double, 23> exact_powers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr std::array<std::uint64_t, 8> whole_powers = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};

/// Eight digits, the first in the lowest byte, each byte 0 to 9: two neighbours join into 0..99, then fours, then all eight.
inline std::uint64_t join_digits(std::uint64_t digits) {
  digits = digits * 10 + (digits >> 8U);
  constexpr std::uint64_t mask = 0x000000FF000000FF;
  return (((digits & mask) * 0x000F424000000064) + (((digits >> 16U) & mask) * 0x0000271000000001)) >> 32U;
}

/// Appends the run of digits at `at` to `mantissa` and returns its end; more than 24 digits are left for the caller to stumble over.
inline const char* digit_run(const char* at, std::uint64_t& mantissa) {
  for (int block = 0; block < 3; ++block) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, 8);
    bytes ^= 0x3030303030303030;
    const std::uint64_t others = ((bytes + 0x0606060606060606) | bytes) & 0xF0F0F0F0F0F0F0F0;  // the lowest one set is true
    if (others != 0) {
      const auto digits = static_cast<unsigned>(std::countr_zero(others)) / 8U;
      mantissa = mantissa * whole_powers[digits] + join_digits((bytes << 8U) << (56U - 8U * digits));
      return at + digits;
    }
    mantissa = mantissa * 100000000 + join_digits(bytes);
    at += 8;
  }
  return at;
}

/// The exponent at `at`, just past the e; a null pointer where it is none or a long one.
inline const char* exponent_run(const char* at, int& exponent) {
  const bool negative = *at == '-';
  at += negative || *at == '+' ? 1 : 0;
  const char* first = at;
  int value = 0;
  for (; *at >= '0' && *at <= '9' && at - first < 4; ++at) {
    value = value * 10 + (*at - '0');
  }
  exponent += negative ? -value : value;
  return at == first ? nullptr : at;
}

}  // namespace detail

/// Reads the plain decimal at `at` and returns where it ends, or a null pointer where the short way does not do.
inline const char* quick_number(const char* at, char decimal, double& value) {
  if constexpr (std::endian::native != std::endian::little) {
    return nullptr;
  }
  const bool negative = *at == '-';
  at += negative ? 1 : 0;
  std::uint64_t mantissa = 0;
  const char* whole = at;
  at = detail::digit_run(at, mantissa);
  std::ptrdiff_t digits = at - whole;
  int exponent = 0;
  if (*at == decimal) {
    const char* fraction = ++at;
    at = detail::digit_run(at, mantissa);
    digits += at - fraction;
    exponent = static_cast<int>(fraction - at);
  }
  if ((*at | 0x20) == 'e') {
    at = detail::exponent_run(at + 1, exponent);
  }
  if (at == nullptr || digits == 0 || digits > 19 || mantissa > (std::uint64_t{1} << 53U) || exponent < -22 || exponent > 22) {
    return nullptr;
  }
  const auto whole_value = static_cast<double>(static_cast<std::int64_t>(mantissa));
  const double size = exponent < 0 ? whole_value / detail::exact_powers[static_cast<std::size_t>(-exponent)]
                                   : whole_value * detail::exact_powers[static_cast<std::size_t>(exponent)];
  value = negative ? -size : size;
  return at;
}

}  // namespace fallline::csv
