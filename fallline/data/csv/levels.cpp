// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/encoding.hpp"

namespace fallline::csv {

namespace {

/// What the codes of each part become: recoded[part][code of the part] = code of the whole.
struct Joined {
  std::vector<std::string> levels;
  std::vector<std::vector<std::int32_t>> recoded;
};

Joined join_column(const Parsed& parsed, std::size_t column) {
  Joined joined;
  Dictionary whole;
  for (const Part& part : parsed.parts) {
    std::vector<std::int32_t>& recoded = joined.recoded.emplace_back();
    for (const std::string_view level : part.records.dictionaries[column].levels()) {
      recoded.push_back(whole.code_of(level, true));
    }
  }
  const std::vector<std::string_view>& levels = whole.levels();
  std::vector<std::int32_t> order(levels.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::int32_t a, std::int32_t b) { return levels[static_cast<std::size_t>(a)] < levels[static_cast<std::size_t>(b)]; });
  std::vector<std::int32_t> rank(levels.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto code = static_cast<std::size_t>(order[i]);
    rank[code] = static_cast<std::int32_t>(i);
    joined.levels.emplace_back(levels[code]);
  }
  for (auto& recoded : joined.recoded) {
    for (std::int32_t& code : recoded) {
      code = rank[static_cast<std::size_t>(code)];
    }
  }
  return joined;
}

/// The cell of a column of the file that reads `level` among the records of a part, or a null pointer.
const char* cell_with(const Parsed& parsed, const Part& part, std::size_t column, std::string_view level) {
  const std::string_view bytes = parsed.files[part.file].bytes();
  const char* end = bytes.data() + bytes.size();
  const std::size_t columns = parsed.names.size();
  std::string room;
  IdleLines ignored;
  const char* at = part.records.begin;
  for (std::size_t row = 0; row < part.records.rows; ++row) {
    at = skip_idle_lines(at, end, parsed.dialect, columns > 1, ignored);
    for (std::size_t i = 0; i < columns; ++i) {
      Cell cell;
      const char* first = at;
      at = read_cell(at, end, parsed.dialect, room, cell);
      if (i == column && cell.text == level) {
        return first;
      }
      at += i + 1 < columns ? 1 : 0;
    }
    at = at < end ? past_line_end(at, end) : end;
  }
  return nullptr;
}

}  // namespace

Result<LookCounts> count_looks(Parsed& parsed, std::size_t column, ThreadPool& pool) {
  constexpr std::uint8_t no_look = looks;  // of quoted blanks: missing where the column proves to be numbers
  std::vector<LookCounts> counts(parsed.parts.size());
  kept::Faults faults;
  pool.run(parsed.parts.size(), [&](std::size_t p) {
    const Records& records = parsed.parts[p].records;
    kept::KeptColumn& kept = parsed.parts[p].columns[column];
    Result<Column> cells = parsed.stash.borrow(kept);
    if (!cells) {
      faults.add(cells.error());
      return;
    }
    LookCounts& found = counts[p];
    std::vector<std::uint8_t> look;
    std::array<bool, looks> has_example{};
    for (const std::string_view level : records.dictionaries[column].levels()) {
      const bool blank = parsed.dialect.is_missing_value(level, true);
      look.push_back(blank ? no_look : static_cast<std::uint8_t>(look_of(level, parsed.dialect.decimal)));
      if (!blank && !has_example[look.back()]) {  // an example may be the empty text
        found.example[look.back()] = level;
        has_example[look.back()] = true;
      }
    }
    for (const std::int32_t code : cells->codes) {
      if (code >= 0 && look[static_cast<std::size_t>(code)] != no_look) {
        ++found.cells;
        ++found.count[look[static_cast<std::size_t>(code)]];
      }
    }
    kept::Stash::put_back(kept, std::move(*cells));
  });
  if (const Result<void> well = faults.result(); !well) {
    return well.error();
  }
  LookCounts total;
  for (const LookCounts& part : counts) {
    total.cells += part.cells;
    for (std::size_t i = 0; i < looks; ++i) {
      total.example[i] = total.count[i] == 0 ? part.example[i] : total.example[i];
      total.count[i] += part.count[i];
    }
  }
  return total;
}

std::string place_of_level(const Parsed& parsed, std::size_t column, std::string_view level) {
  for (const Part& part : parsed.parts) {
    const std::vector<std::string_view>& seen = part.records.dictionaries[column].levels();
    if (std::find(seen.begin(), seen.end(), level) == seen.end()) {
      continue;
    }
    const char* at = cell_with(parsed, part, parsed.place_in_file(part.file, column), level);
    if (at != nullptr) {
      return parsed.files[part.file].place(at);
    }
  }
  return parsed.files.front().name();
}

Result<std::vector<std::vector<std::string>>> join_levels(Parsed& parsed, ThreadPool& pool) {
  std::vector<std::size_t> texts;
  for (std::size_t i = 0; i < parsed.uses.size(); ++i) {
    if (parsed.uses[i] == Use::text) {
      texts.push_back(i);
    }
  }
  std::vector<Joined> joined(texts.size());
  pool.run(texts.size(), [&](std::size_t k) { joined[k] = join_column(parsed, texts[k]); });
  std::vector<std::vector<std::string>> levels(parsed.uses.size());
  for (std::size_t k = 0; k < texts.size(); ++k) {
    for (const std::string& level : joined[k].levels) {
      if (!is_utf8(level)) {
        return not_utf8(place_of_level(parsed, texts[k], level), fmt::format("a text in column {}", shown(parsed.names[texts[k]])), level);
      }
    }
    levels[texts[k]] = std::move(joined[k].levels);
  }
  pool.run(parsed.parts.size(), [&](std::size_t p) {
    for (std::size_t k = 0; k < texts.size(); ++k) {
      kept::Stash::recode(parsed.parts[p].columns[texts[k]],
                          std::make_shared<const std::vector<std::int32_t>>(std::move(joined[k].recoded[p])));
    }
  });
  return levels;
}

}  // namespace fallline::csv
