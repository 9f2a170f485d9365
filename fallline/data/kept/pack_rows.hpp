// SPDX-License-Identifier: Apache-2.0
// Encoded rows as few bytes, for files, column by column of a group of rows: where a column holds one value, that value; where it holds
// two, as those of a one-hot code do, both and a bit a row; whole numbers (the features of sparse rows) as differences from the least of 1
// or 2 bytes; others as they are. Unpacked they are the same to the last bit. Columns of a kind stand together, so that a packed table is a
// few plain arrays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fallline/base/safetensors.hpp"

namespace fallline::kept {

/// A table in memory: row i begins at values + i * stride and has `columns` of them.
template <class U>
struct Table {
  U* values = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;
};

enum class Kind : std::uint8_t { one, two, bytes1, bytes2, plain };

/// How many columns are of each kind.
using KindCounts = std::array<std::uint32_t, 5>;

/// One of the arrays that a packed table is made of, which stand one behind the other: [count, each].
struct PackedArray {
  std::string_view name;
  safetensors::Type type = safetensors::Type::u8;
  std::uint64_t count = 0;
  std::uint64_t each = 1;

  std::uint64_t bytes() const { return count * each * safetensors::bytes_of(type); }
};

/// kinds [columns]: of each column; the others have a row for each column of their kind, in the order of the columns.
///   ones [., 1]: the value    pairs [., 2]: both values    bits [., rows / 8 rounded up]: which of them, the first row lowest
///   least [., 1]: of the columns of 1 or 2 bytes           bytes1, bytes2 [., rows]: what the values are more than that
///   plain [., rows]: the values
inline constexpr std::size_t packed_arrays = 8;
template <class U>
std::array<PackedArray, packed_arrays> arrays_of(const KindCounts& counts, std::uint64_t rows);

/// Appends the packed table to `to`.
template <class U>
KindCounts pack_table(Table<const U> table, std::vector<std::byte>& to);

/// The other way; returns the bytes behind the table. What stands between the columns and the next row becomes zero.
template <class U>
std::span<const std::byte> unpack_table(std::span<const std::byte> packed, Table<U> table);

}  // namespace fallline::kept
