// SPDX-License-Identifier: Apache-2.0
// Which rows are held out for validation: a function of the seed and the row's index, so that every room agrees without a list.
#pragma once

#include <cstdint>

#include "fallline/base/random.hpp"

namespace fallline {

struct Split {
  double share = 0;  // of the rows held out, in [0, 1)
  std::uint64_t seed = 0;

  bool holds_out(std::uint64_t row) const { return share > 0 && Random(seed, Purpose::validation_split).uniform(row) < share; }
};

}  // namespace fallline
