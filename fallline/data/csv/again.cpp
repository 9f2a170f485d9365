// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/again.hpp"

#include <algorithm>
#include <utility>

namespace fallline::csv {

void put_in_order(Records& records, std::span<const std::size_t> order) {
  if (order.empty()) {
    return;
  }
  std::vector<Column> columns(order.size());
  std::vector<Dictionary> dictionaries(order.size());
  std::vector<Tally> tallies(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    columns[order[k]] = std::move(records.columns[k]);
    dictionaries[order[k]] = std::move(records.dictionaries[k]);
    tallies[order[k]] = records.tallies[k];
  }
  records.columns = std::move(columns);
  records.dictionaries = std::move(dictionaries);
  records.tallies = std::move(tallies);
}

Result<Records> parse_once_more(const PartPlace& place, const Dialect& dialect, std::span<const Use> uses) {
  std::vector<Use> in_file(uses.begin(), uses.end());
  for (std::size_t k = 0; k < place.order.size(); ++k) {
    in_file[k] = uses[place.order[k]];
  }
  const std::string_view bytes = place.file->bytes();
  Records records = parse_records(place.range, bytes.data() + bytes.size(), dialect, in_file);
  if (records.fault.kind != FaultKind::none || records.rows != place.rows) {
    return place.file->changed();
  }
  put_in_order(records, place.order);
  return records;
}

Result<void> to_levels(const PartPlace& place, const Dictionary& texts, std::span<const std::string> levels, Column& column) {
  std::vector<std::int32_t> level_of;
  for (const std::string_view text : texts.levels()) {
    const auto level = std::lower_bound(levels.begin(), levels.end(), text);
    if (level == levels.end() || *level != text) {
      return place.file->changed();
    }
    level_of.push_back(static_cast<std::int32_t>(level - levels.begin()));
  }
  for (std::int32_t& code : column.codes) {
    code = code < 0 ? code : level_of[static_cast<std::size_t>(code)];
  }
  return {};
}

void to_days(Column& column) {
  for (double& seconds : column.numbers) {
    seconds /= 86400;
  }
}

}  // namespace fallline::csv
