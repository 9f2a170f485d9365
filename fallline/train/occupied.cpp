// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/occupied.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <utility>

#include "fallline/data/row_store.hpp"

namespace fallline {

namespace {

std::size_t count_of(const std::vector<std::uint64_t>& bits) {
  std::size_t count = 0;
  for (const std::uint64_t word : bits) {
    count += static_cast<std::size_t>(std::popcount(word));
  }
  return count;
}

/// A bit for each feature that occurs; once it is clear that more than half of them do, the rest is not looked at.
template <class T>
std::vector<std::uint64_t> occurring(const Dataset<T>& data) {
  if (data.store) {
    return {data.store->occurring().begin(), data.store->occurring().end()};
  }
  std::vector<std::uint64_t> bits((data.features + 63) / 64, 0);
  const std::size_t at_a_time = std::max<std::size_t>(4 * data.features, 1);
  for (std::size_t first = 0; first < data.columns.size() && 2 * count_of(bits) <= data.features; first += at_a_time) {
    for (const std::uint32_t column : std::span(data.columns).subspan(first, std::min(at_a_time, data.columns.size() - first))) {
      bits[column / 64] |= std::uint64_t{1} << (column % 64);
    }
  }
  return bits;
}

}  // namespace

template <class T>
Occupied occupied_features(const Dataset<T>& data) {
  Occupied occupied;
  if (!data.sparse) {
    return occupied;
  }
  std::vector<std::uint64_t> bits = occurring(data);
  const std::size_t count = count_of(bits);
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
