// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/training_rows.hpp"

#include "fallline/data/encode/matrix.hpp"

namespace fallline::encoding {

namespace {

template <class T>
std::vector<T> picked(const std::vector<T>& values, const std::vector<std::size_t>& rows) {
  std::vector<T> out;
  if (!values.empty()) {
    out.reserve(rows.size());
    for (const std::size_t row : rows) {
      out.push_back(values[row]);
    }
  }
  return out;
}

}  // namespace

Result<void> TrainingRows::read_rows(std::span<const std::size_t> columns, std::span<const RowRange> /*rows*/, ThreadPool& pool,
                                     const TakeChunk& take) {
  if (split_.share == 0) {
    return source_.read(columns, pool, take);
  }
  std::uint64_t first_row = 0;
  return source_.read(columns, pool, [&](const Chunk& chunk) -> Result<void> {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < chunk.rows; ++i) {
      if (!split_.holds_out(chunk.first_row + i)) {
        rows.push_back(i);
      }
    }
    Chunk kept{first_row, rows.size(), {}};
    for (const Column& column : chunk.columns) {
      kept.columns.push_back({picked(column.numbers, rows), picked(column.codes, rows)});
    }
    kept.matrix = picked_rows(chunk.matrix, rows);
    first_row += rows.size();
    return rows.empty() ? Result<void>() : take(kept);
  });
}

}  // namespace fallline::encoding
