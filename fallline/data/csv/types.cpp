// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/types.hpp"

#include <algorithm>
#include <utility>

#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/levels.hpp"
#include "fallline/data/csv/remarks.hpp"

namespace fallline::csv {

namespace {

/// Below this share of numbers (or times) a column is text; from it on, the cells that are none are mistakes.
bool mostly(std::uint64_t fitting, std::uint64_t cells) {
  return 100.0 * static_cast<double>(fitting) >= 99.0 * static_cast<double>(cells);
}

/// What the parse of a column by its `Use` showed: it stays so, or it has to be parsed again by another.
using Judgement = Result<Use>;

class Settler {
 public:
  Settler(Parsed& parsed, ThreadPool& pool, StopToken stop) : parsed_(parsed), pool_(pool), stop_(stop), settled_(parsed.names.size()) {}

  Result<Schema> settle(std::vector<std::string>& notes) {
    Schema schema;
    for (const Part& part : parsed_.parts) {
      schema.rows += part.records.rows;
    }
    rows_ = schema.rows;
    // A guess, the text that it proves to be, and what the whole text proves to be.
    for (int round = 0; round < 3 && !stop_.stop_requested(); ++round) {
      const Result<void> judged = judge_all();
      if (!judged) {
        return judged.error();
      }
    }
    remarks_.tell(notes);
    for (std::size_t i = 0; i < parsed_.names.size(); ++i) {
      schema.columns.push_back(info_of(i));
      schema.numbers.push_back(facts_of(i));
    }
    Result<std::vector<std::vector<std::string>>> levels = join_levels(parsed_, pool_);
    if (!levels) {
      return levels.error();
    }
    schema.levels = std::move(*levels);
    return schema;
  }

 private:
  Result<void> judge_all() {
    std::vector<Use> again(parsed_.names.size(), Use::skip);
    bool any = false;
    for (std::size_t i = 0; i < parsed_.names.size(); ++i) {
      if (settled_[i]) {
        continue;
      }
      const Judgement use = judge(i);
      if (!use) {
        return use.error();
      }
      settled_[i] = *use == parsed_.uses[i];
      if (!settled_[i]) {
        again[i] = parsed_.uses[i] = *use;
        any = true;
      }
    }
    return any ? parse_again(again) : Result<void>();
  }

  Judgement judge(std::size_t i) {
    switch (parsed_.uses[i]) {
      case Use::number:
      case Use::time:
        return judge_values(i);
      case Use::text:
        return judge_text(i);
      case Use::skip:
        break;
    }
    return Use::skip;
  }

  Judgement judge_values(std::size_t i) {
    const Use use = parsed_.uses[i];
    const ColumnTally tally = tally_of(i);
    const bool declared = parsed_.declared[i].has_value();
    if (tally.bad.count > 0 && !declared && !mostly(tally.cells - tally.bad.count, tally.cells)) {
      return Use::text;
    }
    if (tally.bad.count > 0) {
      return bad_cell(tally, parsed_.names[i], use, declared, parsed_.header, parsed_.dialect);
    }
    if (tally.out_of_range.count > 0) {
      return out_of_range(tally, parsed_.names[i], use, parsed_.dialect);
    }
    const bool whole_days = use == Use::time && tally.clocks.count == 0;
    if (whole_days) {
      if (const Result<void> well = count_days(i); !well) {
        return well.error();
      }
      days_.resize(parsed_.names.size());
      days_[i] = true;
    }
    remarks_.on_values(parsed_, i, tally, whole_days);
    return use;
  }

  /// A column guessed as text that is numbers or times after all is parsed again as such, which also finds the cells that are none.
  Judgement judge_text(std::size_t i) {
    if (parsed_.declared[i]) {
      return Use::text;
    }
    const Result<LookCounts> counted = count_looks(parsed_, i, pool_);
    if (!counted) {
      return counted.error();
    }
    const LookCounts& seen = *counted;
    for (const auto& [look, use] : {std::pair{Look::number, Use::number}, std::pair{Look::time, Use::time}}) {
      if (seen.of(look) > 0 && mostly(seen.of(look), seen.cells)) {
        return use;
      }
    }
    remarks_.on_text(parsed_, i, seen);
    return Use::text;
  }

  ColumnTally tally_of(std::size_t i) const {
    ColumnTally total;
    total.cells = rows_;
    for (const Part& part : parsed_.parts) {
      const Tally& tally = part.records.tallies[i];
      const FileText& file = parsed_.files[part.file];
      total.cells -= tally.missing;
      total.bad.add(tally.bad, file);
      total.out_of_range.add(tally.out_of_range, file);
      total.padded.add(tally.padded, file);
      total.rounded.add(tally.rounded, file);
      total.clocks.add(tally.clocks, file);
    }
    return total;
  }

  Result<void> count_days(std::size_t i) {
    parsed_.moments[i].reset();
    kept::Faults faults;
    pool_.run(parsed_.parts.size(), [&](std::size_t p) {
      kept::KeptColumn& kept = parsed_.parts[p].columns[i];
      if (kept.where == kept::Where::nowhere) {
        return;  // comes as days each time
      }
      Result<Column> column = parsed_.stash.borrow(kept);
      if (column) {
        to_days(*column);
        faults.add(parsed_.stash.replace(kept, std::move(*column)));
      } else {
        faults.add(column.error());
      }
    });
    return faults.result();
  }

  ColumnInfo info_of(std::size_t i) const {
    if (parsed_.uses[i] == Use::time) {
      return {parsed_.names[i], ColumnType::time, days_.size() > i && days_[i] ? days_unit : seconds_unit};
    }
    return {parsed_.names[i], parsed_.uses[i] == Use::number ? ColumnType::number : ColumnType::text};
  }

  std::optional<NumberFacts> facts_of(std::size_t i) {
    std::optional<encoding::Moments>& moments = parsed_.moments[i];
    if (!moments) {
      return std::nullopt;
    }
    const NumberFacts facts = moments->facts();
    return moments->spread_is_near() ? std::optional(facts) : std::nullopt;
  }

  /// All columns that need it at once: one more pass over the text, however many they are.
  Result<void> parse_again(const std::vector<Use>& uses) {
    for (std::size_t i = 0; i < uses.size(); ++i) {
      if (uses[i] != Use::skip) {
        parsed_.moments[i].reset();
        parsed_.texts[i] = ColumnTexts();
      }
    }
    constexpr std::size_t of_a_part = std::size_t{1} << 20U;  // about so many bytes of text
    const Memory* memory = parsed_.stash.memory();
    const std::size_t at_a_time = memory != nullptr ? std::max<std::size_t>(1, memory->in_flight() / of_a_part) : 8 * pool_.threads();
    for (std::size_t first = 0; first < parsed_.parts.size() && !stop_.stop_requested(); first += at_a_time) {
      const Result<void> well =
          parse_again(uses, std::span(parsed_.parts).subspan(first, std::min(at_a_time, parsed_.parts.size() - first)));
      if (!well) {
        return well;
      }
    }
    return {};  // where it was asked to stop the caller drops everything
  }

  Result<void> parse_again(const std::vector<Use>& uses, std::span<Part> parts) {
    std::vector<Records> fresh(parts.size());
    kept::Faults faults;
    pool_.run(parts.size(), [&](std::size_t p) {
      Result<Records> records = parse_once_more(parsed_.place_of(parts[p]), parsed_.dialect, uses);
      if (!records) {
        return faults.add(records.error());
      }
      fresh[p] = std::move(*records);
      if (parsed_.stash.memory() != nullptr) {
        parsed_.files[parts[p].file].let_go({parts[p].records.begin, fresh[p].end});
      }
    });
    if (const Result<void> well = faults.result(); !well) {
      return well;
    }
    pool_.run(uses.size(), [&](std::size_t i) {
      for (std::size_t p = 0; p < parts.size() && uses[i] == Use::text; ++p) {
        take_texts(parsed_.texts[i], fresh[p].dictionaries[i], fresh[p].columns[i]);
      }
    });
    if (const Result<void> few = check_texts(parsed_); !few) {
      return few;
    }
    pool_.run(parts.size(), [&](std::size_t p) {
      for (std::size_t i = 0; i < uses.size(); ++i) {
        if (uses[i] != Use::skip) {
          faults.add(parsed_.stash.replace(parts[p].columns[i], std::move(fresh[p].columns[i])));
          parts[p].records.tallies[i] = fresh[p].tallies[i];
        }
      }
    });
    return faults.result();
  }

  Parsed& parsed_;
  ThreadPool& pool_;
  StopToken stop_;
  std::vector<bool> settled_;
  std::vector<bool> days_;  // time columns of whole days
  Remarks remarks_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::size_t Parsed::place_in_file(std::size_t file, std::size_t column) const {
  const std::vector<std::size_t>& order = orders[file];
  return order.empty() ? column : static_cast<std::size_t>(std::find(order.begin(), order.end(), column) - order.begin());
}

PartPlace Parsed::place_of(const Part& part) const {
  return {&files[part.file], {part.records.begin, part.range.limit, part.range.lines}, part.records.rows, orders[part.file]};
}

Result<Column> borrow(Parsed& parsed, std::size_t part, std::size_t column) {
  kept::KeptColumn& kept = parsed.parts[part].columns[column];
  if (kept.where != kept::Where::nowhere) {
    return parsed.stash.borrow(kept);
  }
  std::vector<Use> uses(parsed.uses.size(), Use::skip);
  uses[column] = parsed.uses[column];
  const PartPlace place = parsed.place_of(parsed.parts[part]);
  Result<Records> records = parse_once_more(place, parsed.dialect, uses);
  if (!records) {
    return records.error();
  }
  Column& again = records->columns[column];
  std::vector<std::int32_t> code_of;
  for (const std::string_view text : records->dictionaries[column].levels()) {
    code_of.push_back(parsed.texts[column].dictionary.find(text));
    if (code_of.back() == Dictionary::unknown) {
      return place.file->changed();
    }
  }
  for (std::int32_t& code : again.codes) {
    code = code < 0 ? code : code_of[static_cast<std::size_t>(code)];
  }
  place.file->let_go({place.range.begin, records->end});  // where the texts stand
  return std::move(again);
}

Result<Schema> settle_types(Parsed& parsed, ThreadPool& pool, StopToken stop, std::vector<std::string>& notes) {
  return Settler(parsed, pool, stop).settle(notes);
}

}  // namespace fallline::csv
