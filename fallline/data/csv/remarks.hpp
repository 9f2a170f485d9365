// SPDX-License-Identifier: Apache-2.0
// What a person should know of how the columns were understood: one sentence a column, the first few of each kind.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/levels.hpp"
#include "fallline/data/csv/types.hpp"

namespace fallline::csv {

class Remarks {
 public:
  /// On a column of numbers or times: only missing cells, codes with leading zeros, digits that a double cannot hold, the unit of times.
  void on_values(const Parsed& parsed, std::size_t column, const ColumnTally& tally, bool whole_days);

  /// On a text column that looks like numbers: why it is none, and what to do to have it as such.
  void on_text(const Parsed& parsed, std::size_t column, const LookCounts& seen);

  void tell(std::vector<std::string>& notes) const;

 private:
  enum class Kind { time, missing, padded, rounded, look, mostly };

  /// Whether one more of this kind is worth its sentence.
  bool wants(Kind kind);

  struct Group {
    std::vector<std::string> told;
    std::size_t columns = 0;
  };
  std::map<Kind, Group> groups_;
};

}  // namespace fallline::csv
