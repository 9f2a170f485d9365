// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/row_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace fallline {

namespace {

constexpr std::uint64_t values_for_two = std::uint64_t{64} << 20U;  // a ceiling of so many has room for two stretches of rows

/// Of this size, whatever it held; without the doubling of a vector that grows.
template <class U>
void refit(Buffer<U>& numbers, std::size_t size) {
  if (numbers.capacity() < size) {
    numbers = Buffer<U>();
    numbers.reserve(size + size / 16);
  }
  numbers.resize(size);
}

template <class U>
void drop_front(Buffer<U>& numbers, std::size_t count) {
  numbers.erase(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(std::min(count, numbers.size())));
}

template <class T>
void drop_rows(Dataset<T>& data, std::size_t count) {
  if (data.sparse) {
    const std::uint64_t entries = data.starts[count];
    drop_front(data.columns, static_cast<std::size_t>(entries));
    drop_front(data.values, static_cast<std::size_t>(entries));
    drop_front(data.starts, count);
    for (std::uint64_t& start : data.starts) {
      start -= entries;
    }
  }
  drop_front(data.dense, count * data.stride);
  drop_front(data.target, count * data.targets);
  drop_front(data.weight, count);
  data.rows -= count;
}

}  // namespace

template <class T>
RowStore<T>::RowStore(const Memory& memory, const Dataset<T>& shape, bool weighted)
    : shape_(empty_like(shape)), weighted_(weighted), reads_ahead_(memory.limit() >= values_for_two * sizeof(T)) {
  if (shape_.sparse) {
    occurs_.assign((shape_.features + 63) / 64, 0);
  }
}

template <class T>
std::size_t RowStore<T>::rows_of(std::size_t group) const {
  return std::min(shape_.group_rows, rows_ - group * shape_.group_rows);
}

/// Several groups at a time, as they are packed at once; many of wide rows would be too large.
template <class T>
Result<void> RowStore<T>::append(Dataset<T>& rows, ThreadPool& pool) {
  constexpr std::size_t enough_groups = 8;
  constexpr std::size_t enough_bytes = std::size_t{4} << 20U;
  const std::size_t bytes = rows.dense.size() * sizeof(T) + rows.columns.size() * (sizeof(T) + sizeof(std::uint32_t));
  const std::size_t whole = rows.rows / shape_.group_rows * shape_.group_rows;
  if (whole < enough_groups * shape_.group_rows && bytes < enough_bytes) {
    return {};
  }
  const Result<void> well = take(rows, whole, pool);
  if (well) {
    drop_rows(rows, whole);
  }
  return well;
}

template <class T>
Result<void> RowStore<T>::finish(Dataset<T>& rows, ThreadPool& pool) {
  const Result<void> well = take(rows, rows.rows, pool);
  rows = empty_like(shape_);
  return well ? put_last() : well;
}

template <class T>
Result<void> RowStore<T>::take(const Dataset<T>& rows, std::size_t count, ThreadPool& pool) {
  for (std::size_t first = 0; first < count; first += shape_.group_rows) {
    const std::size_t last = std::min(count, first + shape_.group_rows);
    entries_of_.push_back(rows.sparse ? rows.starts[last] - rows.starts[first] : 0);
    entries_ += entries_of_.back();
    if (entries_of_.back() > std::numeric_limits<std::uint32_t>::max()) {
      return no_room_error(fmt::format("{} rows in a row hold more than {} entries. Use fewer or narrower features.", shape_.group_rows,
                                       std::numeric_limits<std::uint32_t>::max()));
    }
  }
  const std::size_t entries = rows.sparse ? static_cast<std::size_t>(rows.starts[count]) : 0;
  for (const std::uint32_t column : std::span(rows.columns).first(entries)) {
    occurs_[column / 64] |= std::uint64_t{1} << (column % 64);
  }
  rows_ += count;
  return put_groups(rows, count, pool);
}

template <class T>
void RowStore<T>::weigh(std::vector<double> by_class, const Split& split) {
  class_weights_ = std::move(by_class);
  split_ = split;
}

template <class T>
void RowStore<T>::settle_weights(std::size_t first_row, std::span<const T> target, std::span<T> weight) const {
  if (!weighted_) {
    std::fill(weight.begin(), weight.end(), T(1));
  }
  for (std::size_t i = 0; i < weight.size() && !class_weights_.empty(); ++i) {
    if (!split_.holds_out(first_row + i)) {
      weight[i] *= static_cast<T>(class_weights_[static_cast<std::size_t>(target[i])]);
    }
  }
}

template <class T>
Result<void> RowStore<T>::read(std::span<const std::uint32_t> groups, Dataset<T>& into) const {
  std::vector<Stretch> stretches;
  Stretch end;
  for (const std::uint32_t group : groups) {
    stretches.push_back({end.first, rows_of(group), end.entry});
    end.first += rows_of(group);
    end.entry += static_cast<std::size_t>(entries_of_[group]);
  }
  into.rows = end.first;
  refit(into.target, into.rows * shape_.targets);
  refit(into.weight, weighted() ? into.rows : 0);
  refit(into.columns, end.entry);
  refit(into.values, end.entry);
  refit(into.dense, shape_.sparse ? 0 : into.rows * shape_.stride);
  refit(into.starts, shape_.sparse ? into.rows + 1 : 0);
  std::fill_n(into.starts.begin(), shape_.sparse ? 1 : 0, 0);
  return read_groups(groups, stretches, into);
}

template <class T>
Result<void> each_target(const Dataset<T>& data, const VisitTargets<T>& visit) {
  if (data.store) {
    return data.store->each_target(visit);
  }
  visit(0, data.target, data.weight);
  return {};
}

template Result<void> each_target(const Dataset<float>&, const VisitTargets<float>&);
template Result<void> each_target(const Dataset<double>&, const VisitTargets<double>&);

template class RowStore<float>;
template class RowStore<double>;

}  // namespace fallline
