// SPDX-License-Identifier: Apache-2.0
// Types decided on whole columns, after all ranges are parsed by a guess: a column guessed wrongly is parsed again, alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/data/csv/again.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/csv/records.hpp"
#include "fallline/data/encode/moments.hpp"
#include "fallline/data/kept/stash.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline::csv {

/// One range of one file with its records, at least one; tallies and columns stand in the order of the layout. The columns are in the
/// stash, the texts with those of the other parts.
struct Part {
  std::size_t file = 0;
  Range range;
  Records records;
  std::vector<kept::KeptColumn> columns;
};

/// Those of all parts in the order of their first sight: of the part p the first `after_part[p]` were seen by its end.
struct ColumnTexts {
  Dictionary dictionary;
  std::vector<std::size_t> after_part;
};

struct Parsed {
  const std::vector<FileText>& files;
  const Dialect& dialect;
  kept::Stash& stash;
  std::vector<std::string> names;
  std::vector<std::optional<ColumnType>> declared;
  bool header = false;
  std::vector<Use> uses;
  std::vector<Part> parts;
  std::vector<std::optional<encoding::Moments>> moments;  // by column: of all rows, where it holds numbers that stay as they are
  std::vector<std::vector<std::size_t>> orders;  // by file: the place in the layout of each of its columns; empty where it is the same
  std::vector<ColumnTexts> texts = {};           // by column, empty where it is not read as text

  PartPlace place_of(const Part& part) const;
  std::size_t place_in_layout(std::size_t file, std::size_t column) const { return orders[file].empty() ? column : orders[file][column]; }
  std::size_t place_in_file(std::size_t file, std::size_t column) const;
};

/// A column of a part as the scan has it so far, moved out where it is in memory: text as codes of `Parsed::texts`.
Result<Column> borrow(Parsed& parsed, std::size_t part, std::size_t column);

/// Decides the type of every column and turns the codes of the parts into codes of the whole.
Result<Schema> settle_types(Parsed& parsed, ThreadPool& pool, StopToken stop, std::vector<std::string>& notes);

}  // namespace fallline::csv
