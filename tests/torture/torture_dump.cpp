// SPDX-License-Identifier: Apache-2.0
// Reads data as `fallline train` would and prints what was understood, as JSON: rows, columns with types and units, the first rows and the
// last one, notes. Takes the options of train; a refusal ends with its code and sentence, as there. So it knows every format that train
// knows.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "cli/json.hpp"
#include "cli/open.hpp"
#include "cli/options.hpp"
#include "cli/parse.hpp"

namespace {

using fallline::Chunk;
using fallline::Column;
using fallline::Error;
using fallline::Result;
using fallline::Schema;
namespace cli = fallline::cli;

constexpr std::uint64_t most_rows = 20;

int refuse(const Error& error) {
  fmt::print(stderr, "fallline: {}\n", error.message);
  return static_cast<int>(error.code);
}

std::string cell_json(const Schema& schema, std::size_t column, const Column& values, std::size_t row) {
  if (fallline::holds_numbers(schema.columns[column].type)) {
    return cli::json_number(values.numbers[row]);
  }
  const std::int32_t code = values.codes[row];
  return code < 0 ? "null" : cli::json_text(schema.levels[column][static_cast<std::size_t>(code)]);
}

std::string columns_json(const Schema& schema) {
  constexpr std::array<const char*, 3> types = {"number", "text", "time"};
  std::vector<std::string> columns;
  for (const fallline::ColumnInfo& column : schema.columns) {
    cli::JsonObject object;
    object.add("name", column.name).add("type", types[static_cast<std::size_t>(column.type)]).add("unit", column.unit);
    columns.push_back(object.text());
  }
  return cli::json_list(columns);
}

/// By column the cells of the first rows, and of the last.
Result<std::vector<std::vector<std::string>>> cells_of(fallline::Source& source, const Schema& schema, fallline::ThreadPool& pool) {
  std::vector<std::vector<std::string>> cells(schema.columns.size());
  std::vector<std::size_t> all(schema.columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const Result<void> read = source.read(all, pool, [&](const Chunk& chunk) -> Result<void> {
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      const std::uint64_t at = chunk.first_row + row;
      for (std::size_t i = 0; (at < most_rows || at + 1 == schema.rows) && i < cells.size(); ++i) {
        cells[i].push_back(cell_json(schema, i, chunk.columns[i], row));
      }
    }
    return {};
  });
  return read ? Result<std::vector<std::vector<std::string>>>(std::move(cells)) : read.error();
}

int dump(fallline::Source& source) {
  fallline::ThreadPool pool(2);
  const Result<Schema> schema = source.scan(pool, {});
  if (!schema) {
    return refuse(schema.error());
  }
  const auto cells = cells_of(source, *schema, pool);
  if (!cells) {
    return refuse(cells.error());
  }
  std::vector<std::string> values;
  for (const std::vector<std::string>& column : *cells) {
    values.push_back(cli::json_list(column));
  }
  cli::JsonObject object;
  object.add("rows", schema->rows).raw("columns", columns_json(*schema)).raw("values", cli::json_list(values));
  fmt::print("{}\n", object.raw("notes", cli::json_texts(source.notes())).text());
  return 0;
}

}  // namespace

int main(int count, char** words) {
  cli::TrainRequest request;
  const cli::OptionList options = cli::train_options(request);
  const auto parsed = cli::parse_words("train", {words + 1, words + count}, options);
  if (!parsed) {
    return refuse(parsed.error());
  }
  if (const auto applied = cli::apply_words(*parsed, options); !applied) {
    return refuse(applied.error());
  }
  request.data.paths = parsed->plain;
  if (const auto settled = cli::settle(request.data); !settled) {
    return refuse(settled.error());
  }
  const auto source = cli::open_data(request.data);
  return source ? dump(**source) : refuse(source.error());
}
