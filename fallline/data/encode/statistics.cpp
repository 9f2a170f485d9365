// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

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

/// Of eight lanes, which do not wait for one another.
void extend_range(const std::vector<double>& numbers, Statistics& statistics) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> low;
  std::array<double, lanes> high;
  std::array<std::uint64_t, lanes> missing{};
  low.fill(statistics.low);
  high.fill(statistics.high);
  const auto extend = [&](std::size_t lane, double x) {  // comparisons with NaN are false
    low[lane] = x < low[lane] ? x : low[lane];
    high[lane] = x > high[lane] ? x : high[lane];
    missing[lane] += x == x ? 0 : 1;
  };
  std::size_t i = 0;
  for (; i + lanes <= numbers.size(); i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) {
      extend(k, numbers[i + k]);
    }
  }
  for (; i < numbers.size(); ++i) {
    extend(0, numbers[i]);
  }
  const std::uint64_t all_missing = std::accumulate(missing.begin(), missing.end(), std::uint64_t{0});
  statistics.low = *std::min_element(low.begin(), low.end());
  statistics.high = *std::max_element(high.begin(), high.end());
  statistics.missing += all_missing;
  statistics.present += numbers.size() - all_missing;
}

/// Sums of a column around an origin, its first value, that spare a second pass for the squares around the mean.
struct Moments {
  double origin = std::numeric_limits<double>::quiet_NaN();
  FixedSum sum;
  FixedSum squares;

  void add(const std::vector<double>& numbers) {
    if (std::isnan(origin)) {
      const auto first = std::find_if(numbers.begin(), numbers.end(), [](double x) { return x == x; });
      origin = first != numbers.end() ? *first : origin;
    }
    sum.add(numbers, [from = origin](double x) { return x - from; });
    squares.add(numbers, [from = origin](double x) { return (x - from) * (x - from); });
  }

  /// mean and spread; false: the origin was so far from the mean that the squares told little else.
  bool settle(Statistics& statistics) {
    constexpr double far = 1e4;
    if (statistics.present == 0) {
      return true;
    }
    const auto count = static_cast<double>(statistics.present);
    const double offset = sum.total() / count;
    const double square = squares.total() / count;
    const double variance = std::max(0.0, square - offset * offset);
    statistics.mean = origin + offset;
    statistics.spread = std::sqrt(variance);
    return offset * offset <= far * variance || square == 0;
  }
};

}  // namespace

Result<std::vector<Statistics>> gather(Source& source, const Schema& schema, std::span<const std::size_t> columns, ThreadPool& pool) {
  std::vector<Statistics> all(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    all[i].counts.resize(schema.levels[columns[i]].size());
    if (holds_numbers(schema.columns[columns[i]].type)) {
      all[i].low = std::numeric_limits<double>::infinity();
      all[i].high = -std::numeric_limits<double>::infinity();
    }
  }
  std::vector<Moments> moments(columns.size());
  const Result<void> first = source.read(columns, pool, [&](const Chunk& chunk) -> Result<void> {
    pool.run(columns.size(), [&](std::size_t i) {
      const Column& column = chunk.columns[i];
      if (schema.columns[columns[i]].type == ColumnType::text) {
        count_codes(column.codes, all[i]);
      } else {
        extend_range(column.numbers, all[i]);
        moments[i].add(column.numbers);
      }
    });
    return {};
  });
  if (!first) {
    return first.error();
  }
  std::vector<std::size_t> again;  // columns to be read once more,
  std::vector<std::size_t> place;  // and where their statistics stand
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (holds_numbers(schema.columns[columns[i]].type) && !moments[i].settle(all[i])) {
      again.push_back(columns[i]);
      place.push_back(i);
    }
  }
  std::vector<FixedSum> squares(again.size());
  const Result<void> second = again.empty() ? Result<void>() : source.read(again, pool, [&](const Chunk& chunk) -> Result<void> {
    pool.run(again.size(), [&](std::size_t k) {
      squares[k].add(chunk.columns[k].numbers, [mean = all[place[k]].mean](double x) { return (x - mean) * (x - mean); });
    });
    return {};
  });
  if (!second) {
    return second.error();
  }
  for (std::size_t k = 0; k < again.size(); ++k) {
    Statistics& statistics = all[place[k]];
    statistics.spread = std::sqrt(squares[k].total() / static_cast<double>(statistics.present));
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
