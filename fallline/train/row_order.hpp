// SPDX-License-Identifier: Apache-2.0
// The order in which an epoch visits the rows: a function of (seed, purpose, epoch, position), never of threads or memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "fallline/base/random.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

/// rows in the order of the epoch; order: [rows.size()] to fill.
inline void shuffled(std::span<const std::uint32_t> rows, std::uint64_t seed, Purpose purpose, std::uint32_t epoch, ThreadPool& pool,
                     std::vector<std::uint32_t>& order) {
  order.resize(rows.size());
  const Permutation permutation(rows.size(), seed, purpose, epoch);
  constexpr std::size_t range = 16384;
  pool.run((rows.size() + range - 1) / range, [&](std::size_t r) {
    for (std::size_t i = r * range; i < std::min(rows.size(), (r + 1) * range); ++i) {
      order[i] = rows[permutation(i)];
    }
  });
}

}  // namespace fallline
