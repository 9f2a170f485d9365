// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/number.hpp"

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

/// The first sight of a level, where it lies in the file and not in a copy.
Error refuse_bytes(const Parsed& parsed, std::size_t column, const std::string& level) {
  for (const Part& part : parsed.parts) {
    const FileText& file = parsed.files[part.file];
    for (const std::string_view seen : part.records.dictionaries[column].levels()) {
      if (seen == level) {
        const std::string_view bytes = file.bytes();
        const bool in_file = seen.data() >= bytes.data() && seen.data() < bytes.data() + bytes.size();
        return not_utf8(file, in_file ? seen.data() : nullptr, fmt::format("a text in column {}", quoted(parsed.names[column])));
      }
    }
  }
  return not_utf8(parsed.files.front(), nullptr, fmt::format("a text in column {}", quoted(parsed.names[column])));
}

}  // namespace

LevelCount count_numbers(const Parsed& parsed, std::size_t column, ThreadPool& pool) {
  std::vector<LevelCount> counts(parsed.parts.size());
  pool.run(parsed.parts.size(), [&](std::size_t p) {
    const Records& records = parsed.parts[p].records;
    std::vector<char> is_number;
    for (const std::string_view level : records.dictionaries[column].levels()) {
      double value = 0;
      is_number.push_back(read_number(level, parsed.dialect.decimal, value) != Reading::not_a_number ? 1 : 0);
    }
    LevelCount count;
    for (const std::int32_t code : records.columns[column].codes) {
      count.cells += code >= 0 ? 1 : 0;
      count.numbers += code >= 0 && is_number[static_cast<std::size_t>(code)] != 0 ? 1 : 0;
    }
    counts[p] = count;
  });
  LevelCount total;
  for (const LevelCount& count : counts) {
    total.cells += count.cells;
    total.numbers += count.numbers;
  }
  return total;
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
        return refuse_bytes(parsed, texts[k], level);
      }
    }
    levels[texts[k]] = std::move(joined[k].levels);
  }
  pool.run(parsed.parts.size(), [&](std::size_t p) {
    for (std::size_t k = 0; k < texts.size(); ++k) {
      const std::vector<std::int32_t>& recoded = joined[k].recoded[p];
      for (std::int32_t& code : parsed.parts[p].records.columns[texts[k]].codes) {
        code = code < 0 ? code : recoded[static_cast<std::size_t>(code)];
      }
    }
  });
  return levels;
}

}  // namespace fallline::csv
