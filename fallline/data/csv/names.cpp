// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"

namespace fallline::csv {

namespace {

/// The positions of `names`, sorted by name and then by position.
std::vector<std::size_t> sorted_positions(const std::vector<std::string>& names) {
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = names[a].compare(names[b]);
    return compared < 0 || (compared == 0 && a < b);
  });
  return order;
}

/// "'a', 'b', 'c' and 7 more"
std::string some_of(const std::vector<std::string>& items) {
  constexpr std::size_t few = 5;
  const std::vector<std::string> first(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(std::min(few, items.size())));
  return join(first, ", ") + (items.size() > few ? fmt::format(" and {} more", items.size() - few) : "");
}

/// Gives out names that nobody has: NAME, or NAME.2, NAME.3, ...
class Namer {
 public:
  explicit Namer(const std::vector<std::string>& cells) : taken_(cells.begin(), cells.end()) {}

  std::string first(std::string name) { return taken_.insert(name).second ? name : next(name); }

  std::string next(const std::string& name) {
    std::size_t& number = last_.try_emplace(name, 1).first->second;
    for (;;) {
      std::string numbered = fmt::format("{}.{}", name, ++number);
      if (taken_.insert(numbered).second) {
        return numbered;
      }
    }
  }

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, std::size_t> last_;
};

}  // namespace

std::vector<std::string> numbered_names(std::size_t columns) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns; ++i) {
    names.push_back(fmt::format("c{}", i));
  }
  return names;
}

bool all_distinct(const std::vector<std::string>& names) {
  const std::vector<std::size_t> order = sorted_positions(names);
  return std::adjacent_find(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return names[a] == names[b]; }) == order.end();
}

std::vector<std::string> unique_names(const std::vector<std::string>& cells, const std::string& file, std::vector<std::string>& notes) {
  const std::vector<std::size_t> order = sorted_positions(cells);
  std::vector<bool> repeats(cells.size());
  for (std::size_t k = 1; k < order.size(); ++k) {
    repeats[order[k]] = cells[order[k]] == cells[order[k - 1]];
  }
  Namer namer(cells);
  std::vector<std::string> names = cells;
  std::vector<std::string> nameless;
  std::vector<std::string> again;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) {
      names[i] = namer.first(fmt::format("c{}", i));
      nameless.push_back(names[i]);
    } else if (repeats[i]) {
      names[i] = namer.next(cells[i]);
      again.push_back(fmt::format("{} (column {})", shown(names[i]), i + 1));
    }
  }
  if (!nameless.empty()) {
    notes.push_back(fmt::format("{} of {} no name in the header and {} called {}", nameless.size() == 1 ? "a column" : "columns",
                                file + (nameless.size() == 1 ? " has" : " have"), nameless.size() == 1 ? "is" : "are", some_of(nameless)));
  }
  if (!again.empty()) {
    notes.push_back(fmt::format("the header of {} holds names that stand twice; the later ones are called {}", file, some_of(again)));
  }
  return names;
}

Match match_names(const std::vector<std::string>& names, const std::vector<std::string>& wanted) {
  if (names == wanted) {
    return {};
  }
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    places.emplace(wanted[i], i);
  }
  Match match;
  std::vector<bool> found(wanted.size());
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    const auto at = places.find(name);
    if (at == places.end()) {
      unknown.push_back(shown(name));
      continue;
    }
    found[at->second] = true;
    match.order.push_back(at->second);
  }
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!found[i]) {
      absent.push_back(shown(wanted[i]));
    }
  }
  if (!absent.empty() || !unknown.empty()) {
    match.fault = fmt::format("{}{}{}", absent.empty() ? "" : "lacks " + some_of(absent), absent.empty() || unknown.empty() ? "" : " and ",
                              unknown.empty() ? "" : "has " + some_of(unknown) + " besides");
  }
  return match;
}

}  // namespace fallline::csv
