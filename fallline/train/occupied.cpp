// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/occupied.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "fallline/data/row_file.hpp"

namespace fallline {

template <class T>
Occupied occupied_features(const Dataset<T>& data) {
  Occupied occupied;
  if (!data.sparse) {
    return occupied;
  }
  std::vector<std::uint64_t> bits((data.features + 63) / 64, 0);
  for (const std::uint32_t column : data.columns) {
    bits[column / 64] |= std::uint64_t{1} << (column % 64);
  }
  if (data.file) {
    bits.assign(data.file->occurring().begin(), data.file->occurring().end());
  }
  std::size_t count = 0;
  for (const std::uint64_t word : bits) {
    count += static_cast<std::size_t>(std::popcount(word));
  }
  if (count == 0 || 2 * count > data.features) {
    return occupied;
  }
  occupied.features.reserve(count);
  for (std::size_t w = 0; w < bits.size(); ++w) {
    occupied.before.push_back(static_cast<std::uint32_t>(occupied.features.size()));
    for (std::uint64_t left = bits[w]; left != 0; left &= left - 1) {
      occupied.features.push_back(static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(left))));
    }
  }
  occupied.bits = std::move(bits);
  occupied.columns.resize(data.columns.size());
  std::transform(data.columns.begin(), data.columns.end(), occupied.columns.begin(), [&](std::uint32_t j) { return occupied.place(j); });
  return occupied;
}

template Occupied occupied_features(const Dataset<float>&);
template Occupied occupied_features(const Dataset<double>&);

}  // namespace fallline
