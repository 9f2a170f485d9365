// SPDX-License-Identifier: Apache-2.0
// Sparse rows of hashed text or numbered features leave most of their width empty. A weight whose feature no row has never moves from 0, so
// training works on the features that occur and the model gets the others as 0.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fallline/math/buffer.hpp"
#include "fallline/math/rows.hpp"

namespace fallline {

struct Occupied {
  std::vector<std::uint32_t> features;  // that occur, ascending; empty: all are kept as they are
  Buffer<std::uint32_t> columns;        // of every entry: the place of its feature in `features`
};

/// Empty where rows are dense, or where more than half of the features occur. The columns stand in the room, if there is one.
template <class T>
Occupied occupied_features(const Rows<T>& rows, const std::shared_ptr<ScratchRoom>& room = nullptr);

}  // namespace fallline
