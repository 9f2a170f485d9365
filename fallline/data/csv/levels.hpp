// SPDX-License-Identifier: Apache-2.0
// The dictionaries of all ranges joined into one per text column, its levels sorted by bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv/types.hpp"

namespace fallline::csv {

struct LevelCount {
  std::uint64_t cells = 0;  // not missing
  std::uint64_t numbers = 0;
};

/// How many cells of a column parsed as text are numbers.
LevelCount count_numbers(const Parsed& parsed, std::size_t column, ThreadPool& pool);

/// The sorted levels of every text column (none for numbers); the codes in the parts become indices into them.
Result<std::vector<std::vector<std::string>>> join_levels(Parsed& parsed, ThreadPool& pool);

}  // namespace fallline::csv
