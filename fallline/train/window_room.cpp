// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/window_room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "fallline/base/numbers.hpp"
#include "fallline/data/row_store.hpp"
#include "fallline/train/row_order.hpp"

namespace fallline {

namespace {

/// With its targets, its weight and its number.
template <class T>
double bytes_of_a_row(const Dataset<T>& data) {
  const double entries =
      data.sparse ? static_cast<double>(data.store->entries()) / static_cast<double>(std::max<std::size_t>(1, data.rows)) : 0;
  const std::size_t beside = (data.targets + 1) * sizeof(T) + sizeof(std::uint32_t) + (data.sparse ? sizeof(std::uint64_t) : 0);
  return entries * (sizeof(T) + sizeof(std::uint32_t)) + static_cast<double>(data.stride * sizeof(T) + beside);
}

}  // namespace

template <class T>
Result<void> check_window_room(const Dataset<T>& data, std::optional<std::size_t> window, const Memory& memory) {
  if (!window || !data.store) {
    return {};
  }
  const double bytes = bytes_of_a_row(data) * (data.store->reads_ahead() ? 2 : 1);
  const auto fitting = static_cast<std::size_t>(static_cast<double>(memory.room()) / bytes);
  const std::size_t most = std::max(fitting, usual_window(bytes_of_a_row(data) * sizeof(float) / sizeof(T)));
  const std::size_t asked = std::min(*window, data.rows);
  if (asked <= most) {
    return {};
  }
  return usage_error(fmt::format(
      "--shuffle-window {}: so many rows take {} in memory, more than fits under a --memory of {}. Pass a window of at most {} rows, or a "
      "larger --memory.",
      *window, in_megabytes(static_cast<std::uint64_t>(static_cast<double>(asked) * bytes)), in_megabytes(memory.limit()), most));
}

template Result<void> check_window_room(const Dataset<float>&, std::optional<std::size_t>, const Memory&);
template Result<void> check_window_room(const Dataset<double>&, std::optional<std::size_t>, const Memory&);

}  // namespace fallline
