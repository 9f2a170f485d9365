// SPDX-License-Identifier: Apache-2.0
// The crosses that a user asks for, as products of columns of a fitted encoder.
#pragma once

#include "fallline/data/encode/column_fitter.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

inline constexpr std::size_t most_cross_features = 100'000;

/// Fills encoder.crosses; the encoder's columns are laid out. A cross with a column that was left out is left out too, aloud.
Result<void> fit_crosses(const Schema& schema, const EncoderOptions& options, Encoder& encoder, Told told);

}  // namespace fallline::encoding
