// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/pack.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "fallline/base/expects.hpp"

namespace fallline::kept {

namespace {

constexpr std::array powers = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

/// A whole number of three bytes.
class Int24 {
 public:
  Int24() = default;
  explicit Int24(std::int32_t whole)
      : bytes_{static_cast<std::uint8_t>(whole), static_cast<std::uint8_t>(whole >> 8), static_cast<std::uint8_t>(whole >> 16)} {}
  explicit operator std::int32_t() const {
    const std::uint32_t high = std::uint32_t{bytes_[2]} << 24U | std::uint32_t{bytes_[1]} << 16U | std::uint32_t{bytes_[0]} << 8U;
    return static_cast<std::int32_t>(high) >> 8;
  }

 private:
  std::array<std::uint8_t, 3> bytes_;
};

constexpr std::int32_t no_number = std::numeric_limits<std::int32_t>::min();

/// The lowest number of as many bytes, which stands for no_number.
template <class T>
constexpr std::int32_t lowest = -(std::int32_t{1} << (8 * sizeof(T) - 2)) * 2;

/// Every whole at once as T, which must hold it.
template <class T>
std::vector<std::byte> narrowed(std::span<const std::int32_t> wholes) {
  std::vector<std::byte> bytes(wholes.size() * sizeof(T));
  for (std::size_t i = 0; i < wholes.size(); ++i) {
    const T whole(static_cast<T>(wholes[i] == no_number ? lowest<T> : wholes[i]));
    std::memcpy(bytes.data() + i * sizeof(T), &whole, sizeof(T));
  }
  return bytes;
}

template <class T>
void widen(std::span<const std::byte> bytes, std::span<std::int32_t> wholes) {
  for (std::size_t i = 0; i < wholes.size(); ++i) {
    T small;
    std::memcpy(&small, bytes.data() + i * sizeof(T), sizeof(T));
    const auto whole = static_cast<std::int32_t>(small);  // NOLINT(bugprone-signed-char-misuse): a number, not a character
    wholes[i] = whole == lowest<T> ? no_number : whole;
  }
}

Packed pack_wholes(std::span<const std::int32_t> wholes) {
  std::int32_t low = 0;
  std::int32_t high = 0;
  for (const std::int32_t whole : wholes) {
    low = whole != no_number && whole < low ? whole : low;
    high = whole > high ? whole : high;
  }
  const auto fits = [&]<class T>(T) { return low > lowest<T> && high < -lowest<T>; };
  if (fits(std::int8_t{})) {
    return {Form::bytes1, 0, wholes.size(), narrowed<std::int8_t>(wholes)};
  }
  if (fits(std::int16_t{})) {
    return {Form::bytes2, 0, wholes.size(), narrowed<std::int16_t>(wholes)};
  }
  if (fits(Int24{})) {
    return {Form::bytes3, 0, wholes.size(), narrowed<Int24>(wholes)};
  }
  return {Form::bytes4, 0, wholes.size(), narrowed<std::int32_t>(wholes)};
}

std::vector<std::int32_t> unpack_wholes(const Packed& packed, std::span<const std::byte> bytes) {
  std::vector<std::int32_t> wholes(packed.count);
  switch (packed.form) {
    case Form::bytes1:
      widen<std::int8_t>(bytes, wholes);
      break;
    case Form::bytes2:
      widen<std::int16_t>(bytes, wholes);
      break;
    case Form::bytes3:
      widen<Int24>(bytes, wholes);
      break;
    default:
      widen<std::int32_t>(bytes, wholes);
  }
  return wholes;
}

/// The number as a whole count of 1 / power, or nothing where that is not the very number.
std::optional<std::int32_t> whole_of(double x, double power) {
  if (std::isnan(x)) {
    return no_number;
  }
  const double scaled = std::nearbyint(x * power);
  if (!(std::abs(scaled) < 0x1p31)) {
    return std::nullopt;
  }
  const auto whole = static_cast<std::int32_t>(scaled);
  return std::bit_cast<std::uint64_t>(whole / power) == std::bit_cast<std::uint64_t>(x) ? std::optional(whole) : std::nullopt;
}

/// The first power of ten that makes all of them whole, by trying it on one after the other.
std::optional<Packed> pack_decimals(std::span<const double> numbers) {
  std::vector<std::int32_t> wholes(numbers.size());
  std::size_t power = 0;
  for (std::size_t i = 0; i < numbers.size();) {
    if (const auto whole = whole_of(numbers[i], powers[power])) {
      wholes[i++] = *whole;
      continue;
    }
    while (power < powers.size() && !whole_of(numbers[i], powers[power])) {
      ++power;
    }
    if (power == powers.size()) {
      return std::nullopt;
    }
    i = 0;
  }
  Packed packed = pack_wholes(wholes);
  packed.power = static_cast<std::uint8_t>(power);
  return packed;
}

template <class T>
std::vector<std::byte> bytes_of(std::span<const double> numbers) {
  std::vector<std::byte> bytes(numbers.size() * sizeof(T));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const T x = static_cast<T>(numbers[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &x, sizeof(T));
  }
  return bytes;
}

template <class T>
void numbers_of(std::span<const std::byte> bytes, std::span<double> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    T x{};
    std::memcpy(&x, bytes.data() + i * sizeof(T), sizeof(T));
    numbers[i] = static_cast<double>(x);
  }
}

}  // namespace

Packed pack_numbers(std::span<const double> numbers) {
  if (auto decimals = pack_decimals(numbers)) {
    return std::move(*decimals);
  }
  const bool floats = std::all_of(numbers.begin(), numbers.end(), [](double x) {
    return std::isnan(x) || (std::abs(x) <= std::numeric_limits<float>::max() && static_cast<double>(static_cast<float>(x)) == x);
  });
  return floats ? Packed{Form::floats, 0, numbers.size(), bytes_of<float>(numbers)}
                : Packed{Form::doubles, 0, numbers.size(), bytes_of<double>(numbers)};
}

std::vector<double> unpack_numbers(const Packed& packed, std::span<const std::byte> bytes) {
  std::vector<double> numbers(packed.count);
  if (packed.form == Form::floats) {
    numbers_of<float>(bytes, numbers);
  } else if (packed.form == Form::doubles) {
    numbers_of<double>(bytes, numbers);
  } else {
    const double power = powers[packed.power];
    const std::vector<std::int32_t> wholes = unpack_wholes(packed, bytes);
    std::transform(wholes.begin(), wholes.end(), numbers.begin(),
                   [power](std::int32_t whole) { return whole == no_number ? std::numeric_limits<double>::quiet_NaN() : whole / power; });
  }
  return numbers;
}

Packed pack_codes(std::span<const std::int32_t> codes) { return pack_wholes(codes); }
std::vector<std::int32_t> unpack_codes(const Packed& packed, std::span<const std::byte> bytes) { return unpack_wholes(packed, bytes); }

}  // namespace fallline::kept
