// SPDX-License-Identifier: Apache-2.0
// For tests: any source read to its end as one table.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "fallline/data/source.hpp"

namespace fallline::testing {

struct WholeTable {
  Schema schema;
  std::vector<Column> columns;
  std::vector<std::string> notes;

  std::string text(std::size_t column, std::size_t row) const {
    const std::int32_t code = columns[column].codes[row];
    return code < 0 ? "<missing>" : schema.levels[column][static_cast<std::size_t>(code)];
  }
  double number(std::size_t column, std::size_t row) const { return columns[column].numbers[row]; }
};

/// Whether a source has cells for every column of its schema, or for some that are named in it only.
enum class Cells { of_some, of_all };

inline Result<WholeTable> read_whole(const Result<std::unique_ptr<Source>>& source, std::size_t threads = 1, Cells cells = Cells::of_some) {
  if (!source) {
    return source.error();
  }
  ThreadPool pool(threads);
  Result<Schema> schema = (*source)->scan(pool, {});
  if (!schema) {
    return schema.error();
  }
  WholeTable table{*schema, std::vector<Column>(schema->columns.size()), (*source)->notes()};
  std::vector<std::size_t> all(schema->columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::uint64_t row = 0;
  const Result<void> well = (*source)->read(all, pool, [&](const Chunk& chunk) -> Result<void> {
    EXPECT_EQ(chunk.first_row, row);
    row += chunk.rows;
    for (const std::size_t i : all) {
      const Column& from = chunk.columns[i];
      const std::size_t size = from.numbers.size() + from.codes.size();
      EXPECT_TRUE(size == chunk.rows || (cells == Cells::of_some && size == 0)) << size << " cells in " << chunk.rows << " rows";
      table.columns[i].numbers.insert(table.columns[i].numbers.end(), from.numbers.begin(), from.numbers.end());
      table.columns[i].codes.insert(table.columns[i].codes.end(), from.codes.begin(), from.codes.end());
    }
    return {};
  });
  EXPECT_TRUE(well.has_value());
  EXPECT_EQ(row, schema->rows);
  return table;
}

/// The sentence that refuses a source; "" where it is read.
inline std::string why_refused(const Result<std::unique_ptr<Source>>& source) {
  const Result<WholeTable> table = read_whole(source);
  return table ? "" : table.error().message;
}

}  // namespace fallline::testing
