// SPDX-License-Identifier: Apache-2.0
// A table in memory, handed to others as Arrow C structs: the way out, as source.hpp is the way in.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fallline/data/arrow/c_data.hpp"

namespace fallline {

/// A column without missing cells.
struct ArrowColumn {
  std::string name;
  std::variant<std::vector<double>, std::vector<float>, std::vector<std::int64_t>, std::vector<std::string>> cells;
};

/// Fills both structs, which own the columns from then on and are released apart. All columns are equally long.
void export_table(std::vector<ArrowColumn> columns, ArrowSchema* schema, ArrowArray* rows);

}  // namespace fallline
