// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/row_blocks.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

#include "fallline/data/row_store.hpp"

namespace fallline {

namespace {

/// A multiple of the rows of a group.
template <class T>
std::size_t rows_of_a_stretch(const Dataset<T>& data) {
  constexpr double bytes = 16.0 * (1U << 20U);
  const std::uint64_t entries = data.store ? data.store->entries() : data.values.size();
  const double of_a_row = data.sparse ? 8.0 * static_cast<double>(entries) / static_cast<double>(std::max<std::size_t>(1, data.rows))
                                      : static_cast<double>(data.stride) * sizeof(float);
  const double groups = bytes / (std::max(8.0, of_a_row) * static_cast<double>(data.group_rows));
  return std::max<std::size_t>(1, static_cast<std::size_t>(groups)) * data.group_rows;
}

std::vector<std::uint32_t> counting(std::size_t first, std::size_t last) {
  std::vector<std::uint32_t> numbers(last - first);
  std::iota(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(first));
  return numbers;
}

}  // namespace

std::size_t rows_of_a_block(std::size_t numbers_a_row) {
  constexpr std::size_t numbers = std::size_t{1} << 18U;
  return std::bit_floor(std::max<std::size_t>(64, numbers / std::max<std::size_t>(1, numbers_a_row)));
}

template <class T>
Result<void> each_block(const Dataset<T>& data, std::size_t block_rows, const VisitBlock<T>& visit) {
  const std::size_t stretch_rows = rows_of_a_stretch(data);
  Dataset<T> stretch = empty_like(data);
  for (std::size_t first = 0; first < data.rows; first += stretch_rows) {
    const std::size_t last = std::min(data.rows, first + stretch_rows);
    if (data.store) {
      const std::vector<std::uint32_t> groups = counting(first / data.group_rows, (last + data.group_rows - 1) / data.group_rows);
      if (const Result<void> read = data.store->read(groups, stretch); !read) {
        return read;
      }
    }
    const Rows<T> rows = data.store ? stretch.view() : data.view();
    const std::size_t before = data.store ? first : 0;
    for (std::size_t at = first; at < last; at += block_rows) {
      const std::vector<std::uint32_t> numbers = counting(at - before, std::min(last, at + block_rows) - before);
      if (const Result<void> visited = visit(rows, numbers); !visited) {
        return visited;
      }
    }
  }
  return {};
}

template Result<void> each_block(const Dataset<float>&, std::size_t, const VisitBlock<float>&);
template Result<void> each_block(const Dataset<double>&, std::size_t, const VisitBlock<double>&);

}  // namespace fallline
