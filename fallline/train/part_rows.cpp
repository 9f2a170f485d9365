// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/part_rows.hpp"

#include <algorithm>
#include <numeric>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {
constexpr std::size_t stretch = 4096;
}

PartRows::PartRows(std::size_t rows, const Split& split, Part part) : rows_(rows), split_(split), part_(part), before_(1, 0) {
  for (std::size_t first = 0; first < rows; first += stretch) {
    const std::size_t last = std::min(rows, first + stretch);
    std::uint64_t held_out = 0;
    for (std::size_t i = first; i < last && split.share > 0; ++i) {
      held_out += split.holds_out(i) ? 1 : 0;
    }
    before_.push_back(before_.back() + (part == Part::held_out ? held_out : last - first - held_out));
  }
}

void PartRows::append(std::size_t first, std::size_t last, std::vector<std::uint32_t>& to) const {
  if (split_.share == 0) {
    const std::size_t before = to.size();
    to.resize(before + (part_ == Part::training ? last - first : 0));
    std::iota(to.begin() + static_cast<std::ptrdiff_t>(before), to.end(), static_cast<std::uint32_t>(first));
    return;
  }
  for (std::size_t i = first; i < last; ++i) {
    if (holds(i)) {
      to.push_back(static_cast<std::uint32_t>(i));
    }
  }
}

std::uint32_t PartRows::operator[](std::size_t place) const {
  expects(place < size(), "a row of the part is asked for");
  const auto behind = std::upper_bound(before_.begin(), before_.end(), place);
  std::size_t row = static_cast<std::size_t>(behind - before_.begin() - 1) * stretch;
  if (split_.share == 0) {
    return static_cast<std::uint32_t>(place);
  }
  for (std::size_t left = place - static_cast<std::size_t>(*(behind - 1));; ++row) {
    if (holds(row) && left-- == 0) {
      return static_cast<std::uint32_t>(row);
    }
  }
}

}  // namespace fallline
