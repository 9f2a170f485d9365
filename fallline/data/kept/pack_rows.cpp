// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/pack_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "fallline/math/buffer.hpp"

namespace fallline::kept {

namespace {

enum class Kind : std::uint8_t { one, two, plain, bytes1, bytes2 };

template <class V>
void put(const V& value, std::vector<std::byte>& to) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  to.insert(to.end(), bytes, bytes + sizeof value);
}

template <class V>
V take(std::span<const std::byte>& from) {
  V value;
  std::memcpy(&value, from.data(), sizeof value);
  from = from.subspan(sizeof value);
  return value;
}

/// Values are told apart by their bits: a zero with a sign is another one.
template <class U>
bool same(const U& a, const U& b) {
  using Bits = std::conditional_t<sizeof(U) == sizeof(std::uint64_t), std::uint64_t, std::uint32_t>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

/// Two values as both and a bit a row; false, and nothing put, where there is a third.
template <class U>
bool put_two(std::span<const U> column, std::vector<std::byte>& to) {
  const std::size_t before = to.size();
  const U first = column[0];
  const U second = *std::find_if(column.begin(), column.end(), [&](const U& value) { return !same(value, first); });
  put(Kind::two, to);
  put(first, to);
  put(second, to);
  for (std::size_t i = 0; i < column.size(); i += 8) {
    unsigned bits = 0;
    unsigned others = 0;
    for (std::size_t k = i; k < std::min(column.size(), i + 8); ++k) {
      const unsigned differs = same(column[k], first) ? 0U : 1U;
      bits |= differs << (k - i);
      others |= differs & (same(column[k], second) ? 0U : 1U);
    }
    if (others != 0) {
      to.resize(before);
      return false;
    }
    to.push_back(static_cast<std::byte>(bits));
  }
  return true;
}

template <class Small>
void put_differences(std::span<const std::uint32_t> column, std::uint32_t least, std::vector<std::byte>& to) {
  put(least, to);
  for (const std::uint32_t value : column) {
    put(static_cast<Small>(value - least), to);
  }
}

/// Whole numbers that differ little; false where they do not.
bool put_small(std::span<const std::uint32_t> column, std::vector<std::byte>& to) {
  const auto [least, most] = std::minmax_element(column.begin(), column.end());
  if (*most - *least > std::numeric_limits<std::uint16_t>::max()) {
    return false;
  }
  const bool one_byte = *most - *least <= std::numeric_limits<std::uint8_t>::max();
  put(one_byte ? Kind::bytes1 : Kind::bytes2, to);
  one_byte ? put_differences<std::uint8_t>(column, *least, to) : put_differences<std::uint16_t>(column, *least, to);
  return true;
}

template <class U>
void pack_column(std::span<const U> column, std::vector<std::byte>& to) {
  const bool one = std::all_of(column.begin(), column.end(), [&](const U& value) { return same(value, column[0]); });
  if (one) {
    put(Kind::one, to);
    put(column[0], to);
    return;
  }
  if (put_two(column, to)) {
    return;
  }
  if constexpr (std::is_same_v<U, std::uint32_t>) {
    if (put_small(column, to)) {
      return;
    }
  }
  put(Kind::plain, to);
  const auto bytes = std::as_bytes(column);
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// Where the packed values of a column stand.
template <class U>
struct PackedColumn {
  Kind kind = Kind::one;
  U values[2] = {};
  const std::byte* bytes = nullptr;

  /// Reads what stands before the values and passes over all of them.
  PackedColumn(std::span<const std::byte>& packed, std::size_t rows) : kind(take<Kind>(packed)) {
    std::size_t size = 0;
    switch (kind) {
      case Kind::one:
        values[0] = take<U>(packed);
        break;
      case Kind::two:
        values[0] = take<U>(packed);
        values[1] = take<U>(packed);
        size = (rows + 7) / 8;
        break;
      case Kind::bytes1:
      case Kind::bytes2:
        values[0] = take<U>(packed);
        size = rows * (kind == Kind::bytes1 ? sizeof(std::uint8_t) : sizeof(std::uint16_t));
        break;
      case Kind::plain:
        size = rows * sizeof(U);
        break;
    }
    bytes = packed.data();
    packed = packed.subspan(size);
  }

  template <class Small>
  U value_as(std::size_t i) const {
    Small small;
    std::memcpy(&small, bytes + i * sizeof(Small), sizeof small);
    return values[0] + static_cast<U>(small);
  }

  /// The values of some rows; first: a multiple of 8.
  void unpack(std::size_t first, std::size_t last, std::size_t stride, U* to) const {
    const auto each = [&](const auto& value_of) {
      for (std::size_t i = first; i < last; ++i) {
        to[i * stride] = value_of(i);
      }
    };
    switch (kind) {
      case Kind::one:
        return each([&](std::size_t) { return values[0]; });
      case Kind::two:
        return each([&](std::size_t i) { return values[static_cast<unsigned>(bytes[i / 8]) >> (i % 8) & 1U]; });
      case Kind::bytes1:
        return each([&](std::size_t i) { return value_as<std::uint8_t>(i); });
      case Kind::bytes2:
        return each([&](std::size_t i) { return value_as<std::uint16_t>(i); });
      case Kind::plain:
        return each([&](std::size_t i) {
          U value;
          std::memcpy(&value, bytes + i * sizeof(U), sizeof value);
          return value;
        });
    }
  }
};

}  // namespace

/// The columns of a few rows at a time are put side by side, as long as these rows are in the nearest cache.
template <class U>
void pack_table(Table<const U> table, std::vector<std::byte>& to) {
  constexpr std::size_t tile = 64 / sizeof(U);  // a line of each column
  if (table.rows == 0) {
    return;
  }
  Buffer<U> columns(table.rows * table.columns);
  for (std::size_t first = 0; first < table.rows; first += tile) {
    const std::size_t last = std::min(table.rows, first + tile);
    for (std::size_t j = 0; j < table.columns; ++j) {
      for (std::size_t i = first; i < last; ++i) {
        columns[j * table.rows + i] = table.values[i * table.stride + j];
      }
    }
  }
  for (std::size_t j = 0; j < table.columns; ++j) {
    pack_column(std::span<const U>(columns).subspan(j * table.rows, table.rows), to);
  }
}

template <class U>
std::span<const std::byte> unpack_table(std::span<const std::byte> packed, Table<U> table) {
  constexpr std::size_t tile = 64;
  std::vector<PackedColumn<U>> columns;
  columns.reserve(table.columns);
  for (std::size_t j = 0; table.rows > 0 && j < table.columns; ++j) {
    columns.emplace_back(packed, table.rows);
  }
  for (std::size_t first = 0; first < table.rows; first += tile) {
    const std::size_t last = std::min(table.rows, first + tile);
    for (std::size_t j = 0; j < table.columns; ++j) {
      columns[j].unpack(first, last, table.stride, table.values + j);
    }
    for (std::size_t i = first; table.columns < table.stride && i < last; ++i) {
      std::fill(table.values + i * table.stride + table.columns, table.values + (i + 1) * table.stride, U(0));
    }
  }
  return packed;
}

template void pack_table(Table<const float>, std::vector<std::byte>&);
template void pack_table(Table<const double>, std::vector<std::byte>&);
template void pack_table(Table<const std::uint32_t>, std::vector<std::byte>&);
template std::span<const std::byte> unpack_table(std::span<const std::byte>, Table<float>);
template std::span<const std::byte> unpack_table(std::span<const std::byte>, Table<double>);
template std::span<const std::byte> unpack_table(std::span<const std::byte>, Table<std::uint32_t>);

}  // namespace fallline::kept
