// SPDX-License-Identifier: Apache-2.0
// For tests: LIBSVM texts read whole, their chunks joined, or the sentence that refuses them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fallline/data/libsvm/source.hpp"

namespace fallline::testing {

struct Entries {
  Schema schema;
  std::vector<double> labels;
  SparseRows matrix;
  std::vector<std::string> notes;

  /// The entries of a row: "0:1.5 3:2".
  std::string row(std::size_t i) const {
    std::string text;
    for (std::uint64_t k = matrix.starts[i]; k < matrix.starts[i + 1]; ++k) {
      text += (text.empty() ? "" : " ") + std::to_string(matrix.columns[k]) + ":" + fmt(matrix.values[k]);
    }
    return text;
  }
  static std::string fmt(double x) {
    std::string text = std::to_string(x);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  }
};

struct LibsvmReading {
  std::size_t range_bytes = libsvm::default_range_bytes;
  std::size_t threads = 1;
};

inline Result<std::unique_ptr<Source>> open_libsvm_texts(const std::vector<std::string>& texts, LibsvmOptions options = {},
                                                         LibsvmReading how = {}) {
  std::vector<csv::FileText> files;
  for (const std::string& text : texts) {
    files.push_back(csv::FileText::holding(text, files.empty() ? "t.svm" : "t" + std::to_string(files.size()) + ".svm"));
  }
  return libsvm::make_source(std::move(files), options, how.range_bytes);
}

inline Result<Entries> read_entries(const std::vector<std::string>& texts, LibsvmOptions options = {}, LibsvmReading how = {}) {
  Result<std::unique_ptr<Source>> source = open_libsvm_texts(texts, options, how);
  if (!source) {
    return source.error();
  }
  ThreadPool pool(how.threads);
  Result<Schema> schema = (*source)->scan(pool, {});
  if (!schema) {
    return schema.error();
  }
  Entries all{*schema, {}, {{0}, {}, {}}, (*source)->notes()};
  for (int time = 0; time < 2; ++time) {  // with the label, then without it: the matrix is always there
    std::uint64_t rows = 0;
    const std::vector<std::size_t> asked(time == 0 ? 1 : 0);
    const Result<void> well = (*source)->read(asked, pool, [&](const Chunk& chunk) -> Result<void> {
      EXPECT_EQ(chunk.first_row, rows);
      EXPECT_EQ(chunk.columns.size(), asked.size());
      EXPECT_EQ(chunk.matrix.starts.size(), chunk.rows + 1);
      rows += chunk.rows;
      if (time == 0) {
        const std::vector<double>& labels = chunk.columns[0].numbers;
        all.labels.insert(all.labels.end(), labels.begin(), labels.end());
        for (std::size_t i = 0; i < chunk.rows; ++i) {
          all.matrix.starts.push_back(all.matrix.starts.back() + chunk.matrix.starts[i + 1] - chunk.matrix.starts[i]);
        }
        all.matrix.columns.insert(all.matrix.columns.end(), chunk.matrix.columns.begin(), chunk.matrix.columns.end());
        all.matrix.values.insert(all.matrix.values.end(), chunk.matrix.values.begin(), chunk.matrix.values.end());
      }
      return {};
    });
    EXPECT_TRUE(well.has_value());
    EXPECT_EQ(rows, schema->rows);
  }
  return all;
}

/// Entries of a text that must be readable.
inline Entries entries_of(const std::string& text, LibsvmOptions options = {}, LibsvmReading how = {}) {
  Result<Entries> entries = read_entries({text}, options, how);
  EXPECT_TRUE(entries.has_value()) << (entries ? "" : entries.error().message);
  return entries ? *entries : Entries{};
}

/// The sentence that refuses a text; "" where it is read.
inline std::string libsvm_refusal(const std::string& text, LibsvmOptions options = {}, LibsvmReading how = {}) {
  const Result<Entries> entries = read_entries({text}, options, how);
  return entries ? "" : entries.error().message;
}

}  // namespace fallline::testing
