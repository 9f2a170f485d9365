// SPDX-License-Identifier: Apache-2.0
// Names of columns: each has one, and no two the same.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fallline::csv {

/// c0, c1, ...
std::vector<std::string> numbered_names(std::size_t columns);

bool all_distinct(const std::vector<std::string>& names);

/// The cells of a header as names. One without text is called after its position (c3), one that repeats an earlier name has a number added
/// (price.2); either is told in `notes`.
std::vector<std::string> unique_names(const std::vector<std::string>& cells, const std::string& file, std::vector<std::string>& notes);

/// The place in `wanted` of each of `names`, empty where they are the same; an error sentence's end where they are not the same columns.
struct Match {
  std::vector<std::size_t> order;
  std::string fault;
};
Match match_names(const std::vector<std::string>& names, const std::vector<std::string>& wanted);

}  // namespace fallline::csv
