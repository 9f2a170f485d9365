// SPDX-License-Identifier: Apache-2.0
// The distinct texts of each text column: those of the ranges joined as the ranges are read, in the end sorted by bytes. They stay in
// memory, each once however many ranges hold it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv/looks.hpp"
#include "fallline/data/csv/types.hpp"

namespace fallline::csv {

/// The cells of a column parsed as text by their looks, missing ones left out; an example of each, from the first part that has one.
struct LookCounts {
  std::uint64_t cells = 0;
  std::array<std::uint64_t, looks> count{};
  std::array<std::string, looks> example;

  std::uint64_t of(Look look) const { return count[static_cast<std::size_t>(look)]; }
};

/// The codes of a part become those of the whole column, which gets its new texts; the part's own are dropped. Parts come in their order.
void take_texts(ColumnTexts& whole, Dictionary& part, Column& column);

/// no_room where all of them, and what is made of them, would take more than a quarter of the ceiling.
Result<void> check_texts(const Parsed& parsed);

Result<LookCounts> count_looks(Parsed& parsed, std::size_t column, ThreadPool& pool);

/// "FILE:LINE" of the first cell of a text column that reads `level`. Looks through the records, so it is for messages only.
std::string place_of_level(const Parsed& parsed, std::size_t column, std::string_view level);

/// The sorted levels of every text column (none for numbers); the codes in the parts become indices into them.
Result<std::vector<std::vector<std::string>>> join_levels(Parsed& parsed, ThreadPool& pool);

}  // namespace fallline::csv
