// SPDX-License-Identifier: Apache-2.0
// A cell to a number or to the seconds of a time; NaN where it is missing or none, with a count of what it was.
#pragma once

#include "fallline/data/csv/cells.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/records.hpp"

namespace fallline::csv {

/// `at`: where the cell stands in the file.
double number_in(const Cell& cell, const char* at, const Dialect& dialect, Tally& tally);
double time_in(const Cell& cell, const char* at, const Dialect& dialect, Tally& tally);

}  // namespace fallline::csv
