// SPDX-License-Identifier: Apache-2.0
// What was seen of the units of a hidden layer while training was watched: a unit that is flat in every row gets no gradient. A dead relu
// is flat in all rows, a saturated tanh or sigmoid in most.
#pragma once

#include <cstdint>
#include <vector>

namespace fallline {

/// flat: for each unit the rows in which the slope of its activation was below a hundredth of the steepest.
struct UnitActivity {
  std::uint64_t rows = 0;
  std::vector<std::uint64_t> flat;
};

}  // namespace fallline
