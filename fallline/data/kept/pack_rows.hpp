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

/// Appends the packed column to `to`. Its values are column[0], column[stride], ..., `rows` of them.
template <class U>
void pack_column(const U* column, std::size_t rows, std::size_t stride, std::vector<std::byte>& to);

/// The other way; the bytes behind the column.
template <class U>
std::span<const std::byte> unpack_column(std::span<const std::byte> packed, std::size_t rows, std::size_t stride, U* column);

}  // namespace fallline::kept
