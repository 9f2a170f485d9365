// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace generate {

enum class Format : std::uint8_t { csv, parquet, libsvm };

struct Options {
  std::map<std::string, std::int64_t> counts{{"rows", 1000}, {"seed", 0},   {"numbers", 12},     {"texts", 2},
                                             {"levels", 8},  {"sorted", 0}, {"features", 47000}, {"nonzeros", 66}};
  Format format = Format::csv;
  bool regression = false;

  std::uint64_t of(const char* name) const { return static_cast<std::uint64_t>(counts.at(name)); }
};

}  // namespace generate
