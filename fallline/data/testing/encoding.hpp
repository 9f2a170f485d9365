// SPDX-License-Identifier: Apache-2.0
// For tests: an encoder fitted on a CSV text or on columns in memory, and rows encoded by it as plain vectors.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fallline/data/encoder.hpp"
#include "fallline/data/testing/table.hpp"

namespace fallline::testing {

inline bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

/// Columns in memory, in chunks of one row.
class MemorySource final : public Source {
 public:
  MemorySource(Schema schema, std::vector<Column> columns) : schema_(std::move(schema)), columns_(std::move(columns)) {}

  Result<Schema> scan(ThreadPool& /*pool*/, StopToken /*stop*/) override { return schema_; }
  Result<void> read_rows(std::span<const std::size_t> columns, std::span<const RowRange> /*rows*/, ThreadPool& /*pool*/,
                         const TakeChunk& take) override {
    for (std::uint64_t row = 0; row < schema_.rows; ++row) {
      Chunk chunk;
      chunk.first_row = row;
      chunk.rows = 1;
      for (const std::size_t i : columns) {
        Column cell;
        if (schema_.columns[i].type == ColumnType::text) {
          cell.codes = {columns_[i].codes[row]};
        } else {
          cell.numbers = {columns_[i].numbers[row]};
        }
        chunk.columns.push_back(std::move(cell));
      }
      if (const Result<void> well = take(chunk); !well) {
        return well;
      }
    }
    return {};
  }
  const std::vector<std::string>& notes() const override { return notes_; }

 private:
  Schema schema_;
  std::vector<Column> columns_;
  std::vector<std::string> notes_;
};

inline Result<FittedEncoder> try_fit(const std::string& text, const EncoderOptions& options, Task task = Task::automatic) {
  auto source = open_texts({text}, {});
  ThreadPool pool(1);
  const Result<Schema> schema = (*source)->scan(pool, {});
  return schema ? fit_encoder(**source, *schema, options, task, pool) : schema.error();
}

inline FittedEncoder fit(const std::string& text, const EncoderOptions& options, Task task = Task::automatic) {
  Result<FittedEncoder> fitted = try_fit(text, options, task);
  EXPECT_TRUE(fitted.has_value()) << (fitted ? "" : fitted.error().message);
  return fitted ? *fitted : FittedEncoder{};
}

inline std::string fit_refusal(const std::string& text, const EncoderOptions& options, Task task = Task::automatic) {
  const Result<FittedEncoder> fitted = try_fit(text, options, task);
  return fitted ? "" : fitted.error().message;
}

template <class T>
Result<Dataset<T>> try_encode(const std::string& text, const FittedEncoder& fitted, bool with_target = true) {
  const TargetCoding* target = with_target ? &fitted.target : nullptr;
  CsvOptions options;
  options.types = declared_types(fitted.encoder, target);
  auto source = open_texts({text}, options);
  ThreadPool pool(2);
  const Result<Schema> schema = (*source)->scan(pool, {});
  return schema ? encode<T>(**source, *schema, fitted.encoder, target, "", pool) : schema.error();
}

/// Row i as feature -> value, zeros left out.
template <class T>
std::map<std::size_t, T> row_of(const Dataset<T>& data, std::size_t i) {
  std::map<std::size_t, T> row;
  for (std::size_t j = 0; !data.sparse && j < data.features; ++j) {
    if (data.dense[i * data.stride + j] != 0) {
      row[j] = data.dense[i * data.stride + j];
    }
  }
  for (std::uint64_t k = data.sparse ? data.starts[i] : 0; data.sparse && k < data.starts[i + 1]; ++k) {
    EXPECT_TRUE(k == data.starts[i] || data.columns[k - 1] < data.columns[k]) << "entries ascend";
    row[data.columns[k]] = data.values[k];
  }
  return row;
}

}  // namespace fallline::testing
