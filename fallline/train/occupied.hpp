// SPDX-License-Identifier: Apache-2.0
// Sparse rows of hashed text or numbered features leave most of their width empty. A weight whose feature no row has never moves from 0, so
// training works on the features that occur and the model gets the others as 0.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "fallline/data/dataset.hpp"

namespace fallline {

struct Occupied {
  std::vector<std::uint32_t> features;  // that occur, ascending; empty: all are kept as they are
  Buffer<std::uint32_t> columns;        // of every entry in memory: the place of its feature in `features`

  // which features occur, a bit each, and how many do before each word of bits: a rank in two loads
  std::vector<std::uint64_t> bits;
  std::vector<std::uint32_t> before;

  /// Of a feature that occurs, in `features`.
  std::uint32_t place(std::uint32_t feature) const {
    const std::uint64_t below = bits[feature / 64] & ((std::uint64_t{1} << (feature % 64)) - 1);
    return before[feature / 64] + static_cast<std::uint32_t>(std::popcount(below));
  }
};

/// Empty where rows are dense, or where more than half of the features occur.
template <class T>
Occupied occupied_features(const Dataset<T>& data);

}  // namespace fallline
