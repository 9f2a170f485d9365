// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/statistics.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/data/encode/fixed_sum.hpp"
#include "fallline/data/encode/moments.hpp"

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

}  // namespace

Result<std::vector<Statistics>> gather(Source& source, const Schema& schema, std::span<const std::size_t> columns,
                                       std::span<const std::optional<NumberFacts>> known, ThreadPool& pool) {
  std::vector<Statistics> all(columns.size());
  std::vector<std::size_t> read;   // columns that are read,
  std::vector<std::size_t> place;  // and where their statistics stand
  for (std::size_t i = 0; i < columns.size(); ++i) {
    all[i].counts.resize(schema.levels[columns[i]].size());
    if (!known.empty() && known[columns[i]]) {
      static_cast<NumberFacts&>(all[i]) = *known[columns[i]];
    } else {
      read.push_back(columns[i]);
      place.push_back(i);
    }
  }
  const auto pass = [&](const auto& take) {
    return read.empty() ? Result<void>() : source.read(read, pool, [&](const Chunk& chunk) -> Result<void> {
      pool.run(read.size(), [&](std::size_t k) { take(k, chunk.columns[k]); });
      return {};
    });
  };
  std::vector<Moments> moments(read.size());
  const Result<void> first = pass([&](std::size_t k, const Column& column) {
    if (schema.columns[read[k]].type == ColumnType::text) {
      count_codes(column.codes, all[place[k]]);
    } else {
      moments[k].add(column.numbers);
    }
  });
  if (!first) {
    return first.error();
  }
  std::size_t far = 0;
  for (std::size_t k = 0; k < read.size(); ++k) {
    if (schema.columns[read[k]].type != ColumnType::text) {
      static_cast<NumberFacts&>(all[place[k]]) = moments[k].facts();
      if (!moments[k].spread_is_near()) {
        read[far] = read[k];
        place[far++] = place[k];
      }
    }
  }
  read.resize(far);
  std::vector<FixedSum> squares(far);
  const Result<void> second = pass([&](std::size_t k, const Column& column) {
    squares[k].add(column.numbers, [mean = all[place[k]].mean](double x) { return (x - mean) * (x - mean); });
  });
  if (!second) {
    return second.error();
  }
  for (std::size_t k = 0; k < far; ++k) {
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
