// SPDX-License-Identifier: Apache-2.0
// What the encoder needs to know of columns: mean and spread of numbers, how often each level of a text occurs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/source.hpp"

namespace fallline::encoding {

/// Over the values that are not missing; spread is the population standard deviation. counts: one a level, for text.
struct Statistics {
  std::uint64_t present = 0;
  std::uint64_t missing = 0;
  double low = 0;
  double high = 0;
  double mean = 0;
  double spread = 0;
  std::vector<std::uint64_t> counts;
};

/// One for each of `columns`, in one pass. Columns whose first value lies far from the mean take a second, for squares around the mean.
Result<std::vector<Statistics>> gather(Source& source, const Schema& schema, std::span<const std::size_t> columns, ThreadPool& pool);

/// The values of a number column that are not missing, in row order.
Result<std::vector<double>> present_values(Source& source, const Schema& schema, std::size_t column, ThreadPool& pool);

/// The middle value, the mean of both middle ones for an even count; exact. values: not empty.
double median(std::vector<double> values);

}  // namespace fallline::encoding
