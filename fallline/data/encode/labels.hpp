// SPDX-License-Identifier: Apache-2.0
// Target and weight of the rows of a chunk: class indices or numbers, every fault told with its row.
#pragma once

#include <span>

#include "fallline/data/encode/bind.hpp"

namespace fallline::encoding {

/// into: [chunk.rows, targets] the class index, or the numbers as they stand.
template <class T>
Result<void> encode_target(const Chunk& chunk, const Schema& schema, const Binding& binding, std::span<T> into);

/// into: [chunk.rows], not negative.
template <class T>
Result<void> encode_weight(const Chunk& chunk, const Schema& schema, const Binding& binding, std::span<T> into);

}  // namespace fallline::encoding
