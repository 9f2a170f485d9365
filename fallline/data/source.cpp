// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/source.hpp"

#include <algorithm>

namespace fallline {

bool overlap(std::span<const RowRange> ranges, const RowRange& rows) {
  const auto next =
      std::upper_bound(ranges.begin(), ranges.end(), rows.first, [](std::uint64_t row, const RowRange& range) { return row < range.last; });
  return next != ranges.end() && next->first < rows.last;
}

}  // namespace fallline
