// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/arrow/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "fallline/base/numbers.hpp"
#include "fallline/data/array/half.hpp"

namespace fallline::c_data {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t milliseconds_of_a_day = 86400000;

bool bit(const void* bits, std::int64_t at) {
  return ((static_cast<const unsigned char*>(bits)[at / 8] >> static_cast<unsigned>(at % 8)) & 1U) != 0;
}

template <class T>
T element(const Stretch& cells, std::int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const char*>(cells.array.buffers[1]) + cells.at(i) * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
  return value;
}

template <class T, class Convert>
void each(const Stretch& cells, std::span<double> out, const Convert& convert) {
  for (std::int64_t i = 0; i < cells.count; ++i) {
    out[static_cast<std::size_t>(i)] = cells.is_null(i) ? missing : convert(element<T>(cells, i));
  }
}

template <class T>
void plain(const Stretch& cells, std::span<double> out) {
  each<T>(cells, out, [](T value) { return static_cast<double>(value); });
}

void read_wholes(const Field& field, const Stretch& cells, std::span<double> out) {
  switch (field.bytes) {
    case 1:
      return field.is_signed ? plain<std::int8_t>(cells, out) : plain<std::uint8_t>(cells, out);
    case 2:
      return field.is_signed ? plain<std::int16_t>(cells, out) : plain<std::uint16_t>(cells, out);
    case 4:
      return field.is_signed ? plain<std::int32_t>(cells, out) : plain<std::uint32_t>(cells, out);
    default:
      return field.is_signed ? plain<std::int64_t>(cells, out) : plain<std::uint64_t>(cells, out);
  }
}

void read_reals(const Field& field, const Stretch& cells, std::span<double> out) {
  switch (field.bytes) {
    case 2:
      return each<std::uint16_t>(cells, out, half_to_double);
    case 4:
      return plain<float>(cells, out);
    default:
      return plain<double>(cells, out);
  }
}

/// The seconds of the day are rounded before the days are added, as the CSV reader does with hh:mm:ss.fff: both give the same number.
double timestamp_value(std::int64_t ticks, std::int64_t per_second) {
  const std::int64_t per_day = 86400 * per_second;
  const std::int64_t days = ticks / per_day - (ticks % per_day < 0 ? 1 : 0);
  const std::int64_t of_day = ticks - days * per_day;
  const std::int64_t seconds = of_day / per_second;
  const double fraction = static_cast<double>(of_day % per_second) / static_cast<double>(per_second);
  return 86400.0 * static_cast<double>(days) + (static_cast<double>(seconds) + fraction);
}

void read_decimals(const Field& field, const Stretch& cells, std::span<double> out) {
  const auto* digits = static_cast<const unsigned char*>(cells.array.buffers[1]);
  for (std::int64_t i = 0; i < cells.count; ++i) {
    const auto at = static_cast<std::size_t>(cells.at(i)) * field.bytes;
    out[static_cast<std::size_t>(i)] = cells.is_null(i) ? missing : decimal_value({digits + at, field.bytes}, field.scale);
  }
}

void read_booleans(const Stretch& cells, std::span<double> out) {
  for (std::int64_t i = 0; i < cells.count; ++i) {
    out[static_cast<std::size_t>(i)] = cells.is_null(i) ? missing : bit(cells.array.buffers[1], cells.at(i)) ? 1 : 0;
  }
}

template <class Offset>
std::string_view offset_text(const Stretch& cells, std::int64_t i) {
  const auto begin = element<Offset>(cells, i);
  const auto end = element<Offset>(cells, i + 1);
  return begin == end ? std::string_view("")  // a null pointer would not do for memcpy
                      : std::string_view(static_cast<const char*>(cells.array.buffers[2]) + begin, static_cast<std::size_t>(end - begin));
}

/// 16 bytes: the length, then up to 12 bytes of text, or 4 of it with a buffer's number and the place in it.
std::string_view view_text(const Stretch& cells, std::int64_t i) {
  const char* view = static_cast<const char*>(cells.array.buffers[1]) + cells.at(i) * 16;
  std::array<std::int32_t, 4> parts{};
  std::memcpy(parts.data(), view, sizeof parts);
  const auto length = static_cast<std::size_t>(parts[0]);
  return length <= 12 ? std::string_view(view + 4, length)
                      : std::string_view(static_cast<const char*>(cells.array.buffers[2 + parts[2]]) + parts[3], length);
}

}  // namespace

bool Stretch::is_null(std::int64_t i) const {
  return array.n_buffers > 0 && array.buffers[0] != nullptr && array.null_count != 0 && !bit(array.buffers[0], at(i));
}

void read_numbers(const Field& field, const Stretch& cells, std::span<double> out) {
  if (cells.count == 0) {
    return;
  }
  switch (field.kind) {
    case Kind::boolean:
      return read_booleans(cells, out);
    case Kind::whole:
      return read_wholes(field, cells, out);
    case Kind::real:
      return read_reals(field, cells, out);
    case Kind::decimal:
      return read_decimals(field, cells, out);
    case Kind::days:
      return plain<std::int32_t>(cells, out);
    case Kind::milliseconds_of_days:
      return each<std::int64_t>(cells, out, [](std::int64_t ms) { return static_cast<double>(ms) / milliseconds_of_a_day; });
    case Kind::timestamp:
      return each<std::int64_t>(cells, out, [&](std::int64_t ticks) { return timestamp_value(ticks, field.per_second); });
    default:
      std::fill(out.begin(), out.end(), missing);
  }
}

std::int64_t whole_at(const Field& field, const Stretch& cells, std::int64_t i) {
  switch (field.bytes) {
    case 1:
      return field.is_signed ? std::int64_t{element<std::int8_t>(cells, i)} : std::int64_t{element<std::uint8_t>(cells, i)};
    case 2:
      return field.is_signed ? std::int64_t{element<std::int16_t>(cells, i)} : std::int64_t{element<std::uint16_t>(cells, i)};
    case 4:
      return field.is_signed ? std::int64_t{element<std::int32_t>(cells, i)} : std::int64_t{element<std::uint32_t>(cells, i)};
    default:
      return element<std::int64_t>(cells, i);
  }
}

std::string_view text_at(const Field& field, const Stretch& cells, std::int64_t i) {
  if (field.kind == Kind::boolean) {
    return bit(cells.array.buffers[1], cells.at(i)) ? "true" : "false";
  }
  if (field.kind == Kind::text_view) {
    return view_text(cells, i);
  }
  return field.bytes == 4 ? offset_text<std::int32_t>(cells, i) : offset_text<std::int64_t>(cells, i);
}

double decimal_value(std::span<const unsigned char> digits, int scale) {
  const bool negative = (digits.back() & 0x80U) != 0;
  std::vector<std::uint32_t> limbs(digits.size() / 4);
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    std::memcpy(&limbs[i], digits.data() + 4 * i, 4);
  }
  std::uint64_t carry = 1;  // the size of a negative number: all bits turned, and one more
  for (std::uint32_t& limb : limbs) {
    if (negative) {
      carry += static_cast<std::uint32_t>(~limb);
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
  }
  std::string text;  // its decimal digits in reverse, nine at a time
  while (std::any_of(limbs.begin(), limbs.end(), [](std::uint32_t limb) { return limb != 0; })) {
    std::uint64_t rest = 0;
    for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) {
      rest = rest << 32U | *limb;
      *limb = static_cast<std::uint32_t>(rest / 1000000000);
      rest %= 1000000000;
    }
    for (int i = 0; i < 9; ++i) {
      text += static_cast<char>('0' + rest % 10);
      rest /= 10;
    }
  }
  std::reverse(text.begin(), text.end());
  return parse_double(fmt::format("{}0{}e{}", negative ? "-" : "", text, -scale)).value_or(missing);
}

}  // namespace fallline::c_data
