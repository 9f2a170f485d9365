// SPDX-License-Identifier: Apache-2.0
// The cells of an Arrow array as Fallline has them: numbers with NaN for missing, times in their unit, texts.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fallline/data/arrow/field.hpp"

namespace fallline::c_data {

/// Cells [first, first + count) of an array, which may itself begin inside its buffers.
struct Stretch {
  const ArrowArray& array;
  std::int64_t first = 0;
  std::int64_t count = 0;

  /// The place of cell i in the buffers.
  std::int64_t at(std::int64_t i) const { return array.offset + first + i; }
  bool is_null(std::int64_t i) const;
};

/// Numbers of a field that is neither text nor dictionary: times in days or seconds, booleans as 0 and 1. Null is NaN.
void read_numbers(const Field& field, const Stretch& cells, std::span<double> out);

/// A cell of a `whole` field that is not null, as it is; unsigned numbers of 8 bytes as the same bits.
std::int64_t whole_at(const Field& field, const Stretch& cells, std::int64_t i);

/// The text of a cell that is not null.
std::string_view text_at(const Field& field, const Stretch& cells, std::int64_t i);

/// The value of `digits` (little-endian two's complement) times 10^-scale, rounded once.
double decimal_value(std::span<const unsigned char> digits, int scale);

}  // namespace fallline::c_data
