// SPDX-License-Identifier: Apache-2.0
// The records of one range of a file, parsed into columns. Numbers are read where they stand; texts become codes of the range's own
// dictionaries, which are joined later.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fallline/base/stop.hpp"
#include "fallline/data/csv/cells.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/dictionary.hpp"
#include "fallline/data/csv/survey.hpp"
#include "fallline/data/table.hpp"

namespace fallline::csv {

/// What to make of a column while parsing.
enum class Use : std::uint8_t { skip, number, text, time };

/// Cells of one kind: how many, and the first.
struct Seen {
  std::uint64_t count = 0;
  const char* first = nullptr;

  void add(const char* at) {
    first = count == 0 ? at : first;
    ++count;
  }
};

/// What a column read as numbers or times held. out_of_range: numbers that no double can hold, days that no calendar has.
struct Tally {
  std::uint64_t missing = 0;
  Seen bad;
  Seen out_of_range;
  Seen padded;   // whole numbers that begin with a zero: codes, perhaps
  Seen rounded;  // whole numbers with more digits than a double holds
  Seen clocks;   // times that are not whole days
};

/// The first record that cannot be read; parsing ended there.
struct Fault {
  FaultKind kind = FaultKind::none;
  const char* at = nullptr;
  std::size_t column = 0;  // of the cell, or how many cells were found where their count is wrong
};

/// columns, dictionaries and tallies have one element a column, empty where `Use` is another; none at all where there are no rows.
struct Records {
  const char* begin = nullptr;
  const char* end = nullptr;  // where the next record begins
  std::size_t rows = 0;
  std::vector<Column> columns;
  std::vector<Dictionary> dictionaries;
  std::vector<Tally> tallies;
  IdleLines idle;  // blank lines: between records, not at the end of the file; in a file of one column they are records
  Fault fault;
};

/// Parses the records that begin in `range`; `end` is the end of the file.
Records parse_records(const Range& range, const char* end, const Dialect& dialect, std::span<const Use> uses);

/// Parses ranges that follow one another at once, then goes along them: a range that did not begin where the one before it ended (the
/// first one: at `begin`) was guessed wrongly and is parsed again from there. So the records are those of one pass from start to end,
/// whatever the ranges.
std::vector<Records> parse_ranges(std::span<const Range> ranges, const char* begin, const char* end, const Dialect& dialect,
                                  std::span<const Use> uses, ThreadPool& pool, StopToken stop);

}  // namespace fallline::csv
