// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"

namespace fallline::csv {

namespace {

constexpr std::size_t few = 5;

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

std::string example(const Found& found, const Dialect& dialect) {
  return fmt::format("{} ({})", cell_at(*found.file, found.first, dialect), found.file->place(found.first));
}

/// The first look that, with the plain numbers, is all of the column but a hundredth.
Look common_look(const LookCounts& seen) {
  for (std::size_t i = static_cast<std::size_t>(Look::grouped); i < looks; ++i) {
    const std::uint64_t fitting = seen.count[i] + seen.of(Look::number);
    if (seen.count[i] > 0 && 100 * fitting >= 99 * seen.cells) {
      return static_cast<Look>(i);
    }
  }
  return Look::other;
}

}  // namespace

bool Remarks::wants(Kind kind) { return ++groups_[kind].columns <= few; }

void Remarks::on_values(const Parsed& parsed, std::size_t column, const ColumnTally& tally, bool whole_days) {
  const std::string name = shown(parsed.names[column]);
  const bool time = parsed.uses[column] == Use::time;
  if (tally.cells == 0 && wants(Kind::missing)) {
    groups_[Kind::missing].told.push_back(fmt::format("column {} holds only missing cells", name));
  }
  if (time && tally.cells > 0 && !parsed.declared[column] && wants(Kind::time)) {
    groups_[Kind::time].told.push_back(
        whole_days ? fmt::format("column {} holds dates, which are read as {}", name, days_unit)
                   : fmt::format("column {} holds times, which are read as {}, as UTC where they name no zone", name, seconds_unit));
  }
  const std::string remedy = types_option(parsed.names[column], "text") + " if they are codes or names";
  if (tally.padded.count > 0 && !parsed.declared[column] && wants(Kind::padded)) {
    groups_[Kind::padded].told.push_back(
        fmt::format("column {} is read as numbers though {} of its {} cells begin with a zero, such as {}; {}", name,
                    count(tally.padded.count), count(tally.cells), example(tally.padded, parsed.dialect), remedy));
  }
  if (tally.rounded.count > 0 && !parsed.declared[column] && wants(Kind::rounded)) {
    groups_[Kind::rounded].told.push_back(
        fmt::format("column {} holds whole numbers with more digits than are kept (about 16), such as {}; {}", name,
                    example(tally.rounded, parsed.dialect), remedy));
  }
}

void Remarks::on_text(const Parsed& parsed, std::size_t column, const LookCounts& seen) {
  const auto place = [&](Look look) {
    const std::string& text = seen.example[static_cast<std::size_t>(look)];
    return fmt::format("{} ({})", shown(text), place_of_level(parsed, column, text));
  };
  const std::string name = shown(parsed.names[column]);
  const Look look = common_look(seen);
  if (look != Look::other) {
    if (wants(Kind::look)) {
      const LookAdvice advice = advice_on(look);
      groups_[Kind::look].told.push_back(fmt::format("column {} is read as text: it holds {}, such as {}; to have numbers, {}", name,
                                                     advice.what, place(look), advice.remedy));
    }
    return;
  }
  for (const Look value : {Look::number, Look::time}) {
    if (2 * seen.of(value) >= seen.cells && seen.cells > 0) {
      std::size_t other = 0;  // the most frequent of the rest
      for (std::size_t i = 0; i < looks; ++i) {
        const bool differs = i != static_cast<std::size_t>(value);
        other = differs && (other == static_cast<std::size_t>(value) || seen.count[i] > seen.count[other]) ? i : other;
      }
      if (wants(Kind::mostly)) {
        groups_[Kind::mostly].told.push_back(
            fmt::format("column {} is read as text though {} of its {} cells are {}, because of cells such as {}; --missing if those stand "
                        "for nothing, "
                        "or {} to be shown the first of them",
                        name, count(seen.of(value)), count(seen.cells), value == Look::time ? "dates or times" : "numbers",
                        place(static_cast<Look>(other)), types_option(parsed.names[column], value == Look::time ? "time" : "number")));
      }
      return;
    }
  }
}

void Remarks::tell(std::vector<std::string>& notes) const {
  for (const auto& [kind, group] : groups_) {
    notes.insert(notes.end(), group.told.begin(), group.told.end());
    if (group.columns > group.told.size()) {
      notes.push_back(fmt::format("(so are {} more columns)", count(group.columns - group.told.size())));
    }
  }
}

}  // namespace fallline::csv
