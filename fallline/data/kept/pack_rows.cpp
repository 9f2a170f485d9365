// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/pack_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

#include "fallline/math/buffer.hpp"

namespace fallline::kept {

namespace {

/// Values are told apart by their bits: a zero with a sign is another one.
template <class U>
bool same(const U& a, const U& b) {
  using Bits = std::conditional_t<sizeof(U) == sizeof(std::uint64_t), std::uint64_t, std::uint32_t>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

/// The arrays of a table as they grow.
template <class U>
struct Arrays {
  std::vector<Kind> kinds;
  std::vector<U> ones;
  std::vector<U> pairs;
  std::vector<std::uint8_t> bits;
  std::vector<U> least;
  std::vector<std::uint8_t> bytes1;
  std::vector<std::uint16_t> bytes2;
  std::vector<U> plain;

  void put(std::span<const U> column) { kinds.push_back(put_as(column)); }

 private:
  Kind put_as(std::span<const U> column) {
    const auto second = std::find_if(column.begin(), column.end(), [&](const U& value) { return !same(value, column[0]); });
    if (second == column.end()) {
      ones.push_back(column[0]);
      return Kind::one;
    }
    if (put_two(column, *second)) {
      return Kind::two;
    }
    if constexpr (std::is_same_v<U, std::uint32_t>) {
      const auto [low, high] = std::minmax_element(column.begin(), column.end());
      if (*high - *low <= std::numeric_limits<std::uint8_t>::max()) {
        put_differences(column, *low, bytes1);
        return Kind::bytes1;
      }
      if (*high - *low <= std::numeric_limits<std::uint16_t>::max()) {
        put_differences(column, *low, bytes2);
        return Kind::bytes2;
      }
    }
    plain.insert(plain.end(), column.begin(), column.end());
    return Kind::plain;
  }

  /// False, and nothing put, where there is a third value.
  bool put_two(std::span<const U> column, const U& second) {
    const std::size_t before = bits.size();
    const U first = column[0];
    for (std::size_t i = 0; i < column.size(); i += 8) {
      unsigned byte = 0;
      unsigned others = 0;
      for (std::size_t k = i; k < std::min(column.size(), i + 8); ++k) {
        const unsigned differs = same(column[k], first) ? 0U : 1U;
        byte |= differs << (k - i);
        others |= differs & (same(column[k], second) ? 0U : 1U);
      }
      if (others != 0) {
        bits.resize(before);
        return false;
      }
      bits.push_back(static_cast<std::uint8_t>(byte));
    }
    pairs.push_back(first);
    pairs.push_back(second);
    return true;
  }

  template <class Small>
  void put_differences(std::span<const U> column, U low, std::vector<Small>& to) {
    least.push_back(low);
    for (const U value : column) {
      to.push_back(static_cast<Small>(value - low));
    }
  }
};

KindCounts counts_of(std::span<const Kind> kinds) {
  KindCounts counts{};
  for (const Kind kind : kinds) {
    ++counts[static_cast<std::size_t>(kind)];
  }
  return counts;
}

std::uint32_t count_of(const KindCounts& counts, Kind kind) { return counts[static_cast<std::size_t>(kind)]; }

template <class V>
V number_at(const std::byte* bytes, std::size_t i) {
  V value;
  std::memcpy(&value, bytes + i * sizeof value, sizeof value);
  return value;
}

/// A column of a packed table.
template <class U>
struct PackedColumn {
  Kind kind = Kind::one;
  U first = {};  // or the least
  U second = {};
  const std::byte* bytes = nullptr;

  /// The values of some rows; first_row: a multiple of 8.
  void unpack(std::size_t first_row, std::size_t last_row, std::size_t stride, U* to) const {
    const auto each = [=](const auto& value_of) {
      for (std::size_t i = first_row; i < last_row; ++i) {
        to[i * stride] = value_of(i);
      }
    };
    switch (kind) {  // what is written could be this column, were it not copied
      case Kind::one:
        return each([value = first](std::size_t) { return value; });
      case Kind::two:
        return each([both = std::array{first, second}, from = bytes](std::size_t i) {
          return both[static_cast<unsigned>(from[i / 8]) >> (i % 8) & 1U];
        });
      case Kind::bytes1:
        return each([low = first, from = bytes](std::size_t i) { return low + static_cast<U>(number_at<std::uint8_t>(from, i)); });
      case Kind::bytes2:
        return each([low = first, from = bytes](std::size_t i) { return low + static_cast<U>(number_at<std::uint16_t>(from, i)); });
      case Kind::plain:
        return each([from = bytes](std::size_t i) { return number_at<U>(from, i); });
    }
  }
};

/// The columns of a packed table, and where it ends.
template <class U>
std::vector<PackedColumn<U>> columns_of(std::span<const std::byte>& packed, std::size_t columns, std::size_t rows) {
  std::vector<Kind> kinds(columns);
  std::memcpy(kinds.data(), packed.data(), columns);
  std::array<const std::byte*, packed_arrays> next{};  // of each array
  const auto arrays = arrays_of<U>(counts_of(kinds), rows);
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    next[k] = packed.data();
    packed = packed.subspan(static_cast<std::size_t>(arrays[k].bytes()));
  }
  const auto take = [&](std::size_t array, std::size_t bytes) { return std::exchange(next[array], next[array] + bytes); };
  std::vector<PackedColumn<U>> all;
  all.reserve(columns);
  for (const Kind kind : kinds) {
    PackedColumn<U>& column = all.emplace_back();
    column.kind = kind;
    switch (kind) {
      case Kind::one:
        column.first = number_at<U>(take(1, sizeof(U)), 0);
        break;
      case Kind::two: {
        const std::byte* both = take(2, 2 * sizeof(U));
        column.first = number_at<U>(both, 0);
        column.second = number_at<U>(both, 1);
        column.bytes = take(3, (rows + 7) / 8);
        break;
      }
      case Kind::bytes1:
      case Kind::bytes2:
        column.first = number_at<U>(take(4, sizeof(U)), 0);
        column.bytes = kind == Kind::bytes1 ? take(5, rows) : take(6, 2 * rows);
        break;
      case Kind::plain:
        column.bytes = take(7, rows * sizeof(U));
        break;
    }
  }
  return all;
}

template <class V>
void append(const std::vector<V>& numbers, std::vector<std::byte>& to) {
  const auto bytes = std::as_bytes(std::span(numbers));
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

template <class U>
std::array<PackedArray, packed_arrays> arrays_of(const KindCounts& counts, std::uint64_t rows) {
  using safetensors::Type;
  constexpr Type own = safetensors::type_of<U>();
  const auto of = [&](Kind kind) { return std::uint64_t{count_of(counts, kind)}; };
  const std::uint64_t all = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  return {{{"kinds", Type::u8, all},
           {"ones", own, of(Kind::one)},
           {"pairs", own, of(Kind::two), 2},
           {"bits", Type::u8, of(Kind::two), (rows + 7) / 8},
           {"least", own, of(Kind::bytes1) + of(Kind::bytes2)},
           {"bytes1", Type::u8, of(Kind::bytes1), rows},
           {"bytes2", Type::u16, of(Kind::bytes2), rows},
           {"plain", own, of(Kind::plain), rows}}};
}

/// The columns of a few rows at a time are put side by side, as long as these rows are in the nearest cache.
template <class U>
KindCounts pack_table(Table<const U> table, std::vector<std::byte>& to) {
  constexpr std::size_t tile = 64 / sizeof(U);  // a line of each column
  Buffer<U> columns(table.rows * table.columns);
  for (std::size_t first = 0; first < table.rows; first += tile) {
    const std::size_t last = std::min(table.rows, first + tile);
    for (std::size_t j = 0; j < table.columns; ++j) {
      for (std::size_t i = first; i < last; ++i) {
        columns[j * table.rows + i] = table.values[i * table.stride + j];
      }
    }
  }
  Arrays<U> arrays;
  arrays.plain.reserve(columns.size());
  for (std::size_t j = 0; table.rows > 0 && j < table.columns; ++j) {
    arrays.put(std::span<const U>(columns).subspan(j * table.rows, table.rows));
  }
  append(arrays.kinds, to);  // in the order of arrays_of
  append(arrays.ones, to);
  append(arrays.pairs, to);
  append(arrays.bits, to);
  append(arrays.least, to);
  append(arrays.bytes1, to);
  append(arrays.bytes2, to);
  append(arrays.plain, to);
  return counts_of(arrays.kinds);
}

template <class U>
std::span<const std::byte> unpack_table(std::span<const std::byte> packed, Table<U> table) {
  constexpr std::size_t tile = 64;
  if (table.rows == 0) {
    return packed;
  }
  const std::vector<PackedColumn<U>> columns = columns_of<U>(packed, table.columns, table.rows);
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

template KindCounts pack_table(Table<const float>, std::vector<std::byte>&);
template KindCounts pack_table(Table<const double>, std::vector<std::byte>&);
template KindCounts pack_table(Table<const std::uint32_t>, std::vector<std::byte>&);
template std::span<const std::byte> unpack_table(std::span<const std::byte>, Table<float>);
template std::span<const std::byte> unpack_table(std::span<const std::byte>, Table<double>);
template std::span<const std::byte> unpack_table(std::span<const std::byte>, Table<std::uint32_t>);
template std::array<PackedArray, packed_arrays> arrays_of<float>(const KindCounts&, std::uint64_t);
template std::array<PackedArray, packed_arrays> arrays_of<double>(const KindCounts&, std::uint64_t);
template std::array<PackedArray, packed_arrays> arrays_of<std::uint32_t>(const KindCounts&, std::uint64_t);

}  // namespace fallline::kept
