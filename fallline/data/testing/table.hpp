// SPDX-License-Identifier: Apache-2.0
// For tests: a whole CSV text as one table, its chunks joined, or the sentence that refuses it.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fallline/data/csv/source.hpp"
#include "fallline/data/testing/source.hpp"

namespace fallline::testing {

using Table = WholeTable;

struct Reading {
  std::size_t range_bytes = csv::default_range_bytes;
  std::size_t threads = 1;
};

inline Result<std::unique_ptr<Source>> open_texts(const std::vector<std::string>& texts, const CsvOptions& options, Reading how = {}) {
  std::vector<csv::FileText> files;
  for (const std::string& text : texts) {
    files.push_back(csv::FileText::holding(text, files.empty() ? "t.csv" : "t" + std::to_string(files.size()) + ".csv"));
  }
  return csv::make_source(std::move(files), options, how.range_bytes);
}

inline Result<Table> read_table(const std::vector<std::string>& texts, const CsvOptions& options = {}, Reading how = {}) {
  return read_whole(open_texts(texts, options, how), how.threads, Cells::of_all);
}

/// A table that must be readable.
inline Table table_of(const std::string& text, const CsvOptions& options = {}, Reading how = {}) {
  Result<Table> table = read_table({text}, options, how);
  EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().message);
  return table ? *table : Table{};
}

/// The sentence that refuses a text; "" where it is read.
inline std::string refusal(const std::string& text, const CsvOptions& options = {}, Reading how = {}) {
  const Result<Table> table = read_table({text}, options, how);
  return table ? "" : table.error().message;
}

inline bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// Same names, types, levels and cells.
inline ::testing::AssertionResult same_table(const Table& a, const Table& b) {
  if (a.schema.rows != b.schema.rows || a.schema.levels != b.schema.levels || a.columns.size() != b.columns.size()) {
    return ::testing::AssertionFailure() << "shapes or levels differ";
  }
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    const auto& x = a.columns[i].numbers;
    const auto& y = b.columns[i].numbers;
    if (a.schema.columns[i].name != b.schema.columns[i].name || a.schema.columns[i].type != b.schema.columns[i].type ||
        a.columns[i].codes != b.columns[i].codes || !std::equal(x.begin(), x.end(), y.begin(), y.end(), same_number)) {
      return ::testing::AssertionFailure() << "column " << i << " differs";
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace fallline::testing
