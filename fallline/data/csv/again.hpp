// SPDX-License-Identifier: Apache-2.0
// The records of a part of a file once more, where their columns were guessed wrongly or not kept.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/csv/records.hpp"

namespace fallline::csv {

/// Where the records of a part stand. order: the place in the layout of each column of the file; empty where it is the same.
struct PartPlace {
  const FileText* file = nullptr;
  Range range;  // begins at the first record
  std::size_t rows = 0;
  std::span<const std::size_t> order = {};
};

/// Columns, dictionaries and tallies in the order of the file to that of the layout.
void put_in_order(Records& records, std::span<const std::size_t> order);

/// uses: by the column of the layout. A data error where the file does not hold these records any more.
Result<Records> parse_once_more(const PartPlace& place, const Dialect& dialect, std::span<const Use> uses);

/// The codes of a column by the dictionary of its part to places among the sorted levels. A data error where a text is none of them.
Result<void> to_levels(const PartPlace& place, const Dictionary& texts, std::span<const std::string> levels, Column& column);

/// From seconds.
void to_days(Column& column);

}  // namespace fallline::csv
