// SPDX-License-Identifier: Apache-2.0
// Encoded rows as few bytes, for files, column by column of a group of rows: where a column holds one value, that value; where it holds
// two, as those of a one-hot code do, both and a bit a row; whole numbers (the features of sparse rows) as differences from the least of 1,
// 2 or 4 bytes; others as they are. Unpacked they are the same to the last bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fallline::kept {

/// A table in memory: row i begins at values + i * stride and has `columns` of them.
template <class U>
struct Table {
  U* values = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;
};

/// Appends the packed table to `to`.
template <class U>
void pack_table(Table<const U> table, std::vector<std::byte>& to);

/// The other way; returns the bytes behind the table. What stands between the columns and the next row becomes zero.
template <class U>
std::span<const std::byte> unpack_table(std::span<const std::byte> packed, Table<U> table);

}  // namespace fallline::kept
