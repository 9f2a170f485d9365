// SPDX-License-Identifier: Apache-2.0
// A look at the first records: enough to guess what each column holds, whether the line before them is a header, and whether another
// delimiter was meant. Guesses only save work or word an error; types are decided on whole columns.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/records.hpp"
#include "fallline/data/table.hpp"

namespace fallline::csv {

/// How many cells of a column, missing ones left out, are of each kind.
struct ColumnSample {
  std::size_t numbers = 0;
  std::size_t times = 0;
  std::size_t others = 0;
};

std::vector<ColumnSample> sample_of(std::string_view records, const Dialect& dialect, std::size_t columns);

/// What each column most likely holds, so that most are parsed once; declared types are taken as they are.
std::vector<Use> guess_uses(const std::vector<ColumnSample>& sample, const std::vector<std::optional<ColumnType>>& declared);

/// The delimiter that parts every one of the first records into the same number of cells, more than one, where `dialect`'s own does not.
/// options: how to ask for it on the command line, e.g. "--delimiter ';' --decimal ,".
struct OtherDelimiter {
  std::size_t cells = 0;
  std::string options;
};
std::optional<OtherDelimiter> other_delimiter(std::string_view text, const Dialect& dialect);

}  // namespace fallline::csv
