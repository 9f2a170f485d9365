// SPDX-License-Identifier: Apache-2.0
// What the harnesses of the readers share: a source is opened, scanned and read to its end, or refused as the data's fault.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "fallline/base/expects.hpp"
#include "fallline/data/source.hpp"

namespace fallline::fuzz {

inline void expect_data_error(const Error& error) {
  expects(error.code == ErrorCode::data || error.code == ErrorCode::no_room, "a refused file is the data's fault");
  expects(!error.message.empty(), "a refusal says why");
}

/// Cells are what table.hpp promises: codes lie in the levels, as many cells as rows.
inline void expect_cells(const Schema& schema, const Chunk& chunk) {
  for (std::size_t i = 0; i < chunk.columns.size(); ++i) {
    const Column& column = chunk.columns[i];
    const bool numbers = holds_numbers(schema.columns[i].type);
    expects((numbers ? column.numbers.size() : column.codes.size()) == chunk.rows, "a column has a cell for each row");
    for (const double number : column.numbers) {
      expects(!std::isinf(number), "no number is infinite");
    }
    for (const std::int32_t code : column.codes) {
      expects(code < static_cast<std::int32_t>(schema.levels[i].size()), "a code lies in the levels");
    }
  }
}

inline void read_to_the_end(const Result<std::unique_ptr<Source>>& source) {
  if (!source) {
    return expect_data_error(source.error());
  }
  ThreadPool pool(1);
  const Result<Schema> schema = (*source)->scan(pool, {});
  if (!schema) {
    return expect_data_error(schema.error());
  }
  std::vector<std::size_t> all(schema->columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::uint64_t rows = 0;
  const Result<void> well = (*source)->read(all, pool, [&](const Chunk& chunk) -> Result<void> {
    expects(chunk.first_row == rows, "chunks come in row order");
    rows += chunk.rows;
    expect_cells(*schema, chunk);
    return {};
  });
  expects(well.has_value() && rows == schema->rows, "what was scanned can be read");
}

}  // namespace fallline::fuzz
