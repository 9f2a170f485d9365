// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/encoding.hpp"

namespace fallline::csv {

namespace {

/// The texts of a column sorted by their bytes, and what its codes become.
struct Sorted {
  std::vector<std::string> levels;
  std::vector<std::int32_t> rank;
};

Sorted sort_column(const Dictionary& texts) {
  const std::vector<std::string_view>& levels = texts.levels();
  std::vector<std::int32_t> order(levels.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::int32_t a, std::int32_t b) { return levels[static_cast<std::size_t>(a)] < levels[static_cast<std::size_t>(b)]; });
  Sorted sorted;
  sorted.rank.resize(levels.size());
  sorted.levels.reserve(levels.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto code = static_cast<std::size_t>(order[i]);
    sorted.rank[code] = static_cast<std::int32_t>(i);
    sorted.levels.emplace_back(levels[code]);
  }
  return sorted;
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

void take_texts(ColumnTexts& whole, Dictionary& part, Column& column) {
  std::vector<std::int32_t> recoded;
  recoded.reserve(part.levels().size());
  for (const std::string_view text : part.levels()) {
    recoded.push_back(whole.dictionary.code_of(text, false));
  }
  for (std::int32_t& code : column.codes) {
    code = code < 0 ? code : recoded[static_cast<std::size_t>(code)];
  }
  part = Dictionary();
  whole.after_part.push_back(whole.dictionary.levels().size());
}

Result<void> check_texts(const Parsed& parsed) {
  constexpr std::uint64_t with_levels = 2;  // each is copied into the levels of the schema
  constexpr std::uint64_t least = std::uint64_t{8} << 20U;
  std::uint64_t all = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < parsed.texts.size(); ++i) {
    all += parsed.texts[i].dictionary.bytes();
    most = parsed.texts[i].dictionary.bytes() > parsed.texts[most].dictionary.bytes() ? i : most;
  }
  const Memory* memory = parsed.stash.memory();
  if (memory == nullptr || with_levels * all <= std::max(least, memory->limit() / 4)) {
    return {};
  }
  return no_room_error(
      fmt::format("Column {} holds more different texts than the memory has room for: {} and more, which take {}. Pass a "
                  "larger --memory, or take the column out of the file.",
                  quoted(parsed.names[most]), grouped(static_cast<std::int64_t>(parsed.texts[most].dictionary.levels().size())),
                  in_megabytes(with_levels * parsed.texts[most].dictionary.bytes())));
}

Result<LookCounts> count_looks(Parsed& parsed, std::size_t column, ThreadPool& pool) {
  constexpr std::uint8_t no_look = looks;  // of quoted blanks: missing where the column proves to be numbers
  LookCounts total;
  std::vector<std::uint8_t> look;
  std::array<bool, looks> has_example{};
  for (const std::string_view level : parsed.texts[column].dictionary.levels()) {
    const bool blank = parsed.dialect.is_missing_value(level, true);
    look.push_back(blank ? no_look : static_cast<std::uint8_t>(look_of(level, parsed.dialect.decimal)));
    if (!blank && !has_example[look.back()]) {  // an example may be the empty text
      total.example[look.back()] = level;
      has_example[look.back()] = true;
    }
  }
  std::vector<LookCounts> counts(parsed.parts.size());
  kept::Faults faults;
  pool.run(parsed.parts.size(), [&](std::size_t p) {
    kept::KeptColumn& kept = parsed.parts[p].columns[column];
    Result<Column> cells = borrow(parsed, p, column);
    if (!cells) {
      faults.add(cells.error());
      return;
    }
    for (const std::int32_t code : cells->codes) {
      if (code >= 0 && look[static_cast<std::size_t>(code)] != no_look) {
        ++counts[p].cells;
        ++counts[p].count[look[static_cast<std::size_t>(code)]];
      }
    }
    kept::Stash::put_back(kept, std::move(*cells));
  });
  if (const Result<void> well = faults.result(); !well) {
    return well.error();
  }
  for (const LookCounts& part : counts) {
    total.cells += part.cells;
    for (std::size_t i = 0; i < looks; ++i) {
      total.count[i] += part.count[i];
    }
  }
  return total;
}

std::string place_of_level(const Parsed& parsed, std::size_t column, std::string_view level) {
  const ColumnTexts& texts = parsed.texts[column];
  const std::vector<std::string_view>& seen = texts.dictionary.levels();
  const auto code = static_cast<std::size_t>(std::find(seen.begin(), seen.end(), level) - seen.begin());
  const auto p =
      static_cast<std::size_t>(std::upper_bound(texts.after_part.begin(), texts.after_part.end(), code) - texts.after_part.begin());
  if (p < parsed.parts.size()) {
    const Part& part = parsed.parts[p];
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
  std::vector<Sorted> sorted(texts.size());
  pool.run(texts.size(), [&](std::size_t k) { sorted[k] = sort_column(parsed.texts[texts[k]].dictionary); });
  std::vector<std::vector<std::string>> levels(parsed.uses.size());
  for (std::size_t k = 0; k < texts.size(); ++k) {
    for (const std::string& level : sorted[k].levels) {
      if (!is_utf8(level)) {
        return not_utf8(place_of_level(parsed, texts[k], level), fmt::format("a text in column {}", shown(parsed.names[texts[k]])), level);
      }
    }
    levels[texts[k]] = std::move(sorted[k].levels);
  }
  parsed.texts.clear();
  std::vector<kept::Recoding> ranks;
  for (Sorted& column : sorted) {
    ranks.push_back(std::make_shared<const std::vector<std::int32_t>>(std::move(column.rank)));
  }
  pool.run(parsed.parts.size(), [&](std::size_t p) {
    for (std::size_t k = 0; k < texts.size(); ++k) {
      kept::Stash::recode(parsed.parts[p].columns[texts[k]], ranks[k]);
    }
  });
  return levels;
}

}  // namespace fallline::csv
