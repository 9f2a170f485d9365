// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/levels.hpp"
#include "fallline/data/csv/number.hpp"

namespace fallline::csv {

namespace {

/// Below this share of numbers a column is text; from it on, the cells that are none are mistakes.
bool mostly_numbers(std::uint64_t numbers, std::uint64_t cells) {
  return 100.0 * static_cast<double>(numbers) >= 99.0 * static_cast<double>(cells);
}

class Settler {
 public:
  Settler(Parsed& parsed, ThreadPool& pool, StopToken stop, std::vector<std::string>& notes)
      : parsed_(parsed), pool_(pool), stop_(stop), notes_(notes) {}

  Result<Schema> settle() {
    Schema schema;
    for (const Part& part : parsed_.parts) {
      schema.rows += part.records.rows;
    }
    rows_ = schema.rows;
    for (std::size_t i = 0; i < parsed_.names.size(); ++i) {
      if (parsed_.uses[i] == Use::skip) {
        schema.columns.push_back({parsed_.names[i], ColumnType::text});
        continue;
      }
      Result<ColumnType> type = parsed_.uses[i] == Use::number ? as_number(i) : as_text(i);
      if (!type) {
        return type.error();
      }
      schema.columns.push_back({parsed_.names[i], *type});
    }
    Result<std::vector<std::vector<std::string>>> levels = join_levels(parsed_, pool_);
    if (!levels) {
      return levels.error();
    }
    schema.levels = std::move(*levels);
    return schema;
  }

 private:
  Result<ColumnType> as_number(std::size_t i) {
    const ColumnTally tally = tally_of(i);
    const bool declared = parsed_.declared[i].has_value();
    if (tally.bad > 0 && !declared && !mostly_numbers(tally.cells - tally.bad, tally.cells)) {
      parse_again(i, Use::text);
      return ColumnType::text;
    }
    if (tally.bad > 0) {
      return bad_number(tally, parsed_.names[i], declared, parsed_.header, parsed_.dialect);
    }
    if (tally.too_large > 0) {
      return too_large(tally, parsed_.names[i], parsed_.dialect);
    }
    if (tally.cells == 0) {
      notes_.push_back(fmt::format("column {} holds only missing cells", quoted(parsed_.names[i])));
    }
    return ColumnType::number;
  }

  /// A column guessed as text that is numbers after all is parsed again as such, which also finds the cells that are none.
  Result<ColumnType> as_text(std::size_t i) {
    if (!parsed_.declared[i]) {
      const LevelCount count = count_numbers(parsed_, i, pool_);
      if (count.numbers > 0 && mostly_numbers(count.numbers, count.cells)) {
        parse_again(i, Use::number);
        return as_number(i);
      }
    }
    return ColumnType::text;
  }

  ColumnTally tally_of(std::size_t i) const {
    ColumnTally total;
    total.cells = rows_;
    const char* first_too_large = nullptr;
    const FileText* file_too_large = nullptr;
    for (const Part& part : parsed_.parts) {
      const Tally& tally = part.records.tallies[i];
      total.cells -= tally.missing;
      total.bad += tally.bad;
      total.too_large += tally.too_large;
      if (total.first == nullptr && tally.first_bad != nullptr) {
        total.first = tally.first_bad;
        total.file = &parsed_.files[part.file];
      }
      if (first_too_large == nullptr && tally.first_too_large != nullptr) {
        first_too_large = tally.first_too_large;
        file_too_large = &parsed_.files[part.file];
      }
    }
    if (total.bad == 0) {
      total.first = first_too_large;
      total.file = file_too_large;
    }
    return total;
  }

  void parse_again(std::size_t i, Use use) {
    parsed_.uses[i] = use;
    std::vector<Use> only(parsed_.names.size(), Use::skip);
    only[i] = use;
    pool_.run(parsed_.parts.size(), [&](std::size_t p) {
      if (stop_.stop_requested()) {
        return;  // the caller looks at the token too and drops everything
      }
      Part& part = parsed_.parts[p];
      const std::string_view bytes = parsed_.files[part.file].bytes();
      Records& old = part.records;
      Records again = parse_records({old.begin, part.range.limit, part.range.lines}, bytes.data() + bytes.size(), parsed_.dialect, only);
      old.columns[i] = std::move(again.columns[i]);
      old.dictionaries[i] = std::move(again.dictionaries[i]);
      old.tallies[i] = again.tallies[i];
    });
  }

  Parsed& parsed_;
  ThreadPool& pool_;
  StopToken stop_;
  std::vector<std::string>& notes_;
  std::uint64_t rows_ = 0;
};

}  // namespace

Result<Schema> settle_types(Parsed& parsed, ThreadPool& pool, StopToken stop, std::vector<std::string>& notes) {
  return Settler(parsed, pool, stop, notes).settle();
}

}  // namespace fallline::csv
