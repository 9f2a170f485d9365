// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/row_ids.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fallline::encoding {

namespace {

constexpr std::uint64_t least_rows = 100;

/// What is still possible for a number column after the rows read so far.
struct Candidate {
  bool counts_up = true;
  bool whole = true;
  double first = 0;
  std::vector<double> values;  // kept where the name is an id's
};

void look_at(const std::vector<double>& numbers, std::uint64_t first_row, bool keep, Candidate& candidate) {
  if (first_row == 0 && !numbers.empty()) {
    candidate.first = numbers[0];
    candidate.counts_up = numbers[0] == 0 || numbers[0] == 1;
  }
  for (std::size_t i = 0; i < numbers.size() && (candidate.counts_up || (keep && candidate.whole)); ++i) {
    candidate.counts_up = candidate.counts_up && numbers[i] == candidate.first + static_cast<double>(first_row + i);
    candidate.whole = candidate.whole && std::nearbyint(numbers[i]) == numbers[i];  // NaN is not
  }
  if (keep && candidate.whole) {
    candidate.values.insert(candidate.values.end(), numbers.begin(), numbers.end());
  }
}

bool all_distinct(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) == values.end();
}

}  // namespace

bool names_rows(std::uint64_t distinct, std::uint64_t present) { return distinct > 100 && 2 * distinct > present; }

bool named_like_an_id(std::string_view name) {
  if (name.ends_with("Id") || name.ends_with("ID")) {
    return true;
  }
  std::string small(name);
  std::transform(small.begin(), small.end(), small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::array<std::string_view, 9> whole = {"", "id", "index", "idx", "row", "rowid", "row number", "rownum", "unnamed: 0"};
  constexpr std::array<std::string_view, 5> endings = {"_id", "-id", " id", ".id", "_index"};
  return std::find(whole.begin(), whole.end(), small) != whole.end() ||
         std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return small.ends_with(ending); });
}

Result<std::vector<std::string>> row_number_reasons(Source& source, const Schema& schema, const std::vector<std::size_t>& columns,
                                                    ThreadPool& pool) {
  std::vector<std::string> reasons(columns.size());
  std::vector<std::size_t> numbers;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (schema.columns[columns[i]].type == ColumnType::number) {
      numbers.push_back(columns[i]);
      positions.push_back(i);
    }
  }
  if (schema.rows < least_rows || numbers.empty()) {
    return reasons;
  }
  std::vector<Candidate> candidates(numbers.size());
  const Result<void> well = source.read(numbers, pool, [&](const Chunk& chunk) -> Result<void> {
    pool.run(numbers.size(), [&](std::size_t k) {
      look_at(chunk.columns[k].numbers, chunk.first_row, named_like_an_id(schema.columns[numbers[k]].name), candidates[k]);
    });
    return {};
  });
  if (!well) {
    return well.error();
  }
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    Candidate& candidate = candidates[k];
    if (candidate.counts_up) {
      reasons[positions[k]] = "counts the rows";
    } else if (candidate.whole && candidate.values.size() == schema.rows && all_distinct(std::move(candidate.values))) {
      reasons[positions[k]] = "has the name of an id and another number in every row";
    }
  }
  return reasons;
}

}  // namespace fallline::encoding
