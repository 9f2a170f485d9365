// SPDX-License-Identifier: Apache-2.0
// The Source over tables that come as Arrow C streams: from a file through libarrow, or from any other library that lends one.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/arrow/c_data.hpp"
#include "fallline/data/source.hpp"

namespace fallline {

/// How typed columns are taken. Names in `only` and `ignore` may be @k, a place.
struct ArrowOptions {
  std::map<std::string, ColumnType> types = {};  // by column name, where not as the file has it
  std::vector<std::string> missing = {};         // texts that mean a missing cell, beside null
  bool only_declared = false;                    // columns without a declared type are passed over, as are
  std::vector<std::string> only = {};            // those not named here, unless it is empty
  std::vector<std::string> ignore = {};          // and those named here
  Memory* memory = nullptr;                      // the ceiling that the source keeps, which must outlive it; null: none
};

/// Fills `stream` with table `i` on as many threads; the error names the table.
using OpenStream = std::function<Result<void>(std::size_t i, std::size_t threads, ArrowArrayStream* stream)>;

/// Tables of the same columns, one after the other; `names` stand in messages.
Result<std::unique_ptr<Source>> arrow_source(std::vector<std::string> names, OpenStream open, ArrowOptions options);

}  // namespace fallline
