// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/occupied.hpp"

#include <algorithm>
#include <cstddef>

namespace fallline {

template <class T>
Occupied occupied_features(const Rows<T>& rows, const std::shared_ptr<ScratchRoom>& room) {
  Occupied occupied;
  if (!rows.sparse) {
    return occupied;
  }
  std::vector<std::uint32_t> place(rows.features, 0);
  std::size_t count = 0;
  for (std::size_t k = 0; k < rows.columns.size() && 2 * count <= rows.features; ++k) {
    std::uint32_t& seen = place[rows.columns[k]];
    count += seen == 0 ? 1 : 0;
    seen = 1;
  }
  if (count == 0 || 2 * count > rows.features) {
    return occupied;
  }
  occupied.features.reserve(count);
  for (std::size_t j = 0; j < place.size(); ++j) {
    if (place[j] != 0) {
      place[j] = static_cast<std::uint32_t>(occupied.features.size());
      occupied.features.push_back(static_cast<std::uint32_t>(j));
    }
  }
  occupied.columns = buffer_in<std::uint32_t>(room);
  occupied.columns.resize(rows.columns.size());
  std::transform(rows.columns.begin(), rows.columns.end(), occupied.columns.begin(), [&](std::uint32_t column) { return place[column]; });
  return occupied;
}

template Occupied occupied_features(const Rows<float>&, const std::shared_ptr<ScratchRoom>&);
template Occupied occupied_features(const Rows<double>&, const std::shared_ptr<ScratchRoom>&);

}  // namespace fallline
