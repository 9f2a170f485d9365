// SPDX-License-Identifier: Apache-2.0
// How a source that keeps its chunks in memory hands them out.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "fallline/base/expects.hpp"
#include "fallline/data/source.hpp"

namespace fallline {

/// Calls take with each chunk in its order. The asked columns are lent to it and taken back, so nothing is copied; `take` may not read the
/// same source itself.
inline Result<void> lend(std::vector<Chunk>& kept_chunks, std::span<const std::size_t> columns, const TakeChunk& take) {
  for (Chunk& kept : kept_chunks) {
    Chunk lent{kept.first_row, kept.rows, {}, {}};
    for (const std::size_t column : columns) {
      expects(column < kept.columns.size(), "a column that is read lies in the schema");
      lent.columns.push_back(std::move(kept.columns[column]));
    }
    const Result<void> taken = take(lent);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      kept.columns[columns[i]] = std::move(lent.columns[i]);
    }
    if (!taken) {
      return taken.error();
    }
  }
  return {};
}

}  // namespace fallline
