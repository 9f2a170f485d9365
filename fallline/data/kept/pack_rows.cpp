// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/pack_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

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

/// The values of a column: the first, and the second where there is one.
template <class U>
struct Pair {
  U first;
  U second;
  std::size_t values = 1;  // 3: more than two
};

template <class U>
Pair<U> pair_of(const U* column, std::size_t rows, std::size_t stride) {
  Pair<U> pair{column[0], column[0]};
  for (std::size_t i = 1; i < rows && pair.values < 3; ++i) {
    const U& value = column[i * stride];
    if (same(value, pair.first) || (pair.values == 2 && same(value, pair.second))) {
      continue;
    }
    pair.second = value;
    ++pair.values;
  }
  return pair;
}

template <class Small>
void put_differences(const std::uint32_t* column, std::size_t rows, std::size_t stride, std::uint32_t least, std::vector<std::byte>& to) {
  put(least, to);
  for (std::size_t i = 0; i < rows; ++i) {
    put(static_cast<Small>(column[i * stride] - least), to);
  }
}

template <class Small>
void take_differences(std::span<const std::byte>& from, std::size_t rows, std::size_t stride, std::uint32_t* column) {
  const auto least = take<std::uint32_t>(from);
  for (std::size_t i = 0; i < rows; ++i) {
    Small small;
    std::memcpy(&small, from.data() + i * sizeof(Small), sizeof small);
    column[i * stride] = least + small;
  }
  from = from.subspan(rows * sizeof(Small));
}

/// Whole numbers that differ little; false where they do not.
bool put_small(const std::uint32_t* column, std::size_t rows, std::size_t stride, std::vector<std::byte>& to) {
  std::uint32_t least = column[0];
  std::uint32_t most = column[0];
  for (std::size_t i = 1; i < rows; ++i) {
    least = std::min(least, column[i * stride]);
    most = std::max(most, column[i * stride]);
  }
  if (most - least > std::numeric_limits<std::uint16_t>::max()) {
    return false;
  }
  const bool one_byte = most - least <= std::numeric_limits<std::uint8_t>::max();
  put(one_byte ? Kind::bytes1 : Kind::bytes2, to);
  one_byte ? put_differences<std::uint8_t>(column, rows, stride, least, to)
           : put_differences<std::uint16_t>(column, rows, stride, least, to);
  return true;
}

}  // namespace

template <class U>
void pack_column(const U* column, std::size_t rows, std::size_t stride, std::vector<std::byte>& to) {
  if (rows == 0) {
    return;
  }
  const Pair<U> pair = pair_of(column, rows, stride);
  if (pair.values == 1) {
    put(Kind::one, to);
    put(pair.first, to);
    return;
  }
  if (pair.values == 2) {
    put(Kind::two, to);
    put(pair.first, to);
    put(pair.second, to);
    for (std::size_t i = 0; i < rows; i += 8) {
      unsigned bits = 0;
      for (std::size_t k = i; k < std::min(rows, i + 8); ++k) {
        bits |= (same(column[k * stride], pair.first) ? 0U : 1U) << (k - i);
      }
      to.push_back(static_cast<std::byte>(bits));
    }
    return;
  }
  if constexpr (std::is_same_v<U, std::uint32_t>) {
    if (put_small(column, rows, stride, to)) {
      return;
    }
  }
  put(Kind::plain, to);
  const std::size_t before = to.size();
  to.resize(before + rows * sizeof(U));
  for (std::size_t i = 0; i < rows; ++i) {
    std::memcpy(to.data() + before + i * sizeof(U), &column[i * stride], sizeof(U));
  }
}

template <class U>
std::span<const std::byte> unpack_column(std::span<const std::byte> packed, std::size_t rows, std::size_t stride, U* column) {
  if (rows == 0) {
    return packed;
  }
  const auto kind = take<Kind>(packed);
  if (kind == Kind::one) {
    const U value = take<U>(packed);
    for (std::size_t i = 0; i < rows; ++i) {
      column[i * stride] = value;
    }
    return packed;
  }
  if (kind == Kind::two) {
    const U first = take<U>(packed);
    const U values[2] = {first, take<U>(packed)};
    for (std::size_t i = 0; i < rows; ++i) {
      column[i * stride] = values[static_cast<unsigned>(packed[i / 8]) >> (i % 8) & 1U];
    }
    return packed.subspan((rows + 7) / 8);
  }
  if constexpr (std::is_same_v<U, std::uint32_t>) {
    if (kind == Kind::bytes1 || kind == Kind::bytes2) {
      kind == Kind::bytes1 ? take_differences<std::uint8_t>(packed, rows, stride, column)
                           : take_differences<std::uint16_t>(packed, rows, stride, column);
      return packed;
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    std::memcpy(&column[i * stride], packed.data() + i * sizeof(U), sizeof(U));
  }
  return packed.subspan(rows * sizeof(U));
}

template void pack_column(const float*, std::size_t, std::size_t, std::vector<std::byte>&);
template void pack_column(const double*, std::size_t, std::size_t, std::vector<std::byte>&);
template void pack_column(const std::uint32_t*, std::size_t, std::size_t, std::vector<std::byte>&);
template std::span<const std::byte> unpack_column(std::span<const std::byte>, std::size_t, std::size_t, float*);
template std::span<const std::byte> unpack_column(std::span<const std::byte>, std::size_t, std::size_t, double*);
template std::span<const std::byte> unpack_column(std::span<const std::byte>, std::size_t, std::size_t, std::uint32_t*);

}  // namespace fallline::kept
