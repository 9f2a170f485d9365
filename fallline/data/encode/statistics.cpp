// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fallline/data/encode/fixed_sum.hpp"

namespace fallline::encoding {

namespace {

void count_codes(const std::vector<std::int32_t>& codes, Statistics& statistics) {
  for (const std::int32_t code : codes) {
    if (code < 0) {
      ++statistics.missing;
    } else {
      ++statistics.present;
      ++statistics.counts[static_cast<std::size_t>(code)];
    }
  }
}

void extend_range(const std::vector<double>& numbers, Statistics& statistics) {
  double low = statistics.low;
  double high = statistics.high;
  std::uint64_t missing = 0;
  for (const double x : numbers) {  // comparisons with NaN are false
    low = x < low ? x : low;
    high = x > high ? x : high;
    missing += x == x ? 0 : 1;
  }
  statistics.low = low;
  statistics.high = high;
  statistics.missing += missing;
  statistics.present += numbers.size() - missing;
}

}  // namespace

Result<std::vector<Statistics>> gather(Source& source, const Schema& schema, std::span<const std::size_t> columns, ThreadPool& pool) {
  std::vector<Statistics> all(columns.size());
  std::vector<std::size_t> numbers;           // columns that hold numbers,
  std::vector<std::size_t> number_positions;  // and where their statistics stand
  for (std::size_t i = 0; i < columns.size(); ++i) {
    all[i].counts.resize(schema.levels[columns[i]].size());
    if (holds_numbers(schema.columns[columns[i]].type)) {
      numbers.push_back(columns[i]);
      number_positions.push_back(i);
      all[i].low = std::numeric_limits<double>::infinity();
      all[i].high = -std::numeric_limits<double>::infinity();
    }
  }
  std::vector<FixedSum> sums(columns.size());
  const Result<void> first = source.read(columns, pool, [&](const Chunk& chunk) -> Result<void> {
    pool.run(columns.size(), [&](std::size_t i) {
      const Column& column = chunk.columns[i];
      if (schema.columns[columns[i]].type == ColumnType::text) {
        count_codes(column.codes, all[i]);
      } else {
        extend_range(column.numbers, all[i]);
        sums[i].add(column.numbers, [](double x) { return x; });
      }
    });
    return {};
  });
  if (!first) {
    return first.error();
  }
  std::vector<FixedSum> squares(numbers.size());
  for (const std::size_t i : number_positions) {
    all[i].mean = all[i].present > 0 ? sums[i].total() / static_cast<double>(all[i].present) : 0;
  }
  const Result<void> second = source.read(numbers, pool, [&](const Chunk& chunk) -> Result<void> {
    pool.run(numbers.size(), [&](std::size_t k) {
      squares[k].add(chunk.columns[k].numbers, [mean = all[number_positions[k]].mean](double x) { return (x - mean) * (x - mean); });
    });
    return {};
  });
  if (!second) {
    return second.error();
  }
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    Statistics& statistics = all[number_positions[k]];
    statistics.spread = statistics.present > 0 ? std::sqrt(squares[k].total() / static_cast<double>(statistics.present)) : 0;
  }
  return all;
}

Result<std::vector<double>> present_values(Source& source, const Schema& schema, std::size_t column, ThreadPool& pool) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(schema.rows));
  const Result<void> well = source.read(std::span(&column, 1), pool, [&](const Chunk& chunk) -> Result<void> {
    for (const double x : chunk.columns[0].numbers) {
      if (x == x) {
        values.push_back(x);
      }
    }
    return {};
  });
  if (!well) {
    return well.error();
  }
  return values;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

}  // namespace fallline::encoding
