// SPDX-License-Identifier: Apache-2.0
// What follows from the codings of the columns alone: where their features lie, and whether rows are better kept dense.
#pragma once

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// "number", "text", "time".
const char* type_name(ColumnType type);

/// How many features a column makes, by its coding alone.
std::size_t width(const EncodedColumn& column);

/// More features than anyone has memory for: their numbers must fit 32 bits.
inline constexpr std::size_t most_features = std::size_t{1} << 29;

/// Sets `first` and `features` of every column and cross and the width of the whole. Crosses name columns that are there.
void lay_out(Encoder& encoder);

/// Dense where rows are narrow or mostly filled. A matter of the encoder only, so the same data gets the same kernels everywhere.
bool is_dense(const Encoder& encoder);

}  // namespace fallline::encoding
