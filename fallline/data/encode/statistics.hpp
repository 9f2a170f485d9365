// SPDX-License-Identifier: Apache-2.0
// What the encoder needs to know of columns: mean and spread of numbers, how often each level of a text occurs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/source.hpp"

namespace fallline::encoding {

/// counts: one a level, for text.
struct Statistics : NumberFacts {
  std::vector<std::uint64_t> counts;
};

/// One for each of `columns`. known: by column of the schema, what is known of all rows of the source; empty: nothing. Other columns take a
/// pass, and number columns whose first value lies far from the mean a second one.
Result<std::vector<Statistics>> gather(Source& source, const Schema& schema, std::span<const std::size_t> columns,
                                       std::span<const std::optional<NumberFacts>> known, ThreadPool& pool);

/// The values of a number column that are not missing, in row order.
Result<std::vector<double>> present_values(Source& source, const Schema& schema, std::size_t column, ThreadPool& pool);

/// The middle value, the mean of both middle ones for an even count; exact. values: not empty.
double median(std::vector<double> values);

}  // namespace fallline::encoding
