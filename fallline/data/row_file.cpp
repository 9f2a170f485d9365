// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/row_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "fallline/base/ahead.hpp"
#include "fallline/data/kept/faults.hpp"
#include "fallline/data/kept/pack_rows.hpp"

namespace fallline {

namespace {

constexpr std::uint64_t values_for_two = std::uint64_t{64} << 20U;  // a ceiling of so many has room for two stretches of rows
constexpr std::size_t reads_at_once = 4;

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
void put(std::vector<std::byte>& record, std::span<const U> numbers) {
  const std::span<const std::byte> bytes = std::as_bytes(numbers);
  record.insert(record.end(), bytes.begin(), bytes.end());
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
Result<std::shared_ptr<RowFile<T>>> RowFile<T>::create(const Memory& memory, const Dataset<T>& shape, bool weighted, std::uint64_t bytes) {
  auto file = ScratchFile::create(memory, bytes);
  if (!file) {
    return file.error();
  }
  return std::shared_ptr<RowFile>(new RowFile(std::move(*file), empty_like(shape), weighted, memory.limit() >= values_for_two * sizeof(T)));
}

template <class T>
RowFile<T>::RowFile(std::unique_ptr<ScratchFile> file, Dataset<T> shape, bool weighted, bool reads_ahead)
    : file_(std::move(file)), shape_(std::move(shape)), weighted_(weighted), reads_ahead_(reads_ahead) {
  if (shape_.sparse) {
    occurs_.assign((shape_.features + 63) / 64, 0);
  }
}

template <class T>
std::size_t RowFile<T>::rows_of(std::size_t group) const {
  return std::min(shape_.group_rows, rows_ - group * shape_.group_rows);
}

/// Several groups at a time, as they are packed at once; many of wide rows would be too large.
template <class T>
Result<void> RowFile<T>::append(Dataset<T>& rows, ThreadPool& pool) {
  constexpr std::size_t enough_groups = 8;
  constexpr std::size_t enough_bytes = std::size_t{4} << 20U;
  const std::size_t bytes = rows.dense.size() * sizeof(T) + rows.columns.size() * (sizeof(T) + sizeof(std::uint32_t));
  const std::size_t whole = rows.rows / shape_.group_rows * shape_.group_rows;
  if (whole < enough_groups * shape_.group_rows && bytes < enough_bytes) {
    return {};
  }
  const Result<void> well = put_groups(rows, whole, pool);
  if (well) {
    drop_rows(rows, whole);
  }
  return well;
}

template <class T>
Result<void> RowFile<T>::finish(Dataset<T>& rows, ThreadPool& pool) {
  const Result<void> well = put_groups(rows, rows.rows, pool);
  rows = empty_like(shape_);
  return well ? file_->finish() : well;
}

/// The first `count` rows: groups of which only the last of all may be short.
template <class T>
Result<void> RowFile<T>::put_groups(const Dataset<T>& rows, std::size_t count, ThreadPool& pool) {
  const std::size_t groups = (count + shape_.group_rows - 1) / shape_.group_rows;
  std::vector<Place> places(groups);
  std::vector<std::vector<std::byte>> records(groups);
  pool.run(groups, [&](std::size_t g) {
    const std::size_t first = g * shape_.group_rows;
    const std::size_t entry = rows.sparse ? static_cast<std::size_t>(rows.starts[first]) : 0;
    pack(rows, {first, std::min(shape_.group_rows, count - first), entry}, places[g], records[g]);
  });
  for (std::size_t g = 0; g < groups; ++g) {
    if (places[g].entries > std::numeric_limits<std::uint32_t>::max()) {
      return no_room_error(fmt::format("{} rows in a row hold more than {} entries. Use fewer or narrower features.", shape_.group_rows,
                                       std::numeric_limits<std::uint32_t>::max()));
    }
    const Result<std::uint64_t> at = file_->append(records[g]);
    if (!at) {
      return at.error();
    }
    places[g].at = *at;
    entries_ += places[g].entries;
    places_.push_back(places[g]);
  }
  const std::size_t entries = rows.sparse ? static_cast<std::size_t>(rows.starts[count]) : 0;
  for (const std::uint32_t column : std::span(rows.columns).first(entries)) {
    occurs_[column / 64] |= std::uint64_t{1} << (column % 64);
  }
  rows_ += count;
  return {};
}

template <class T>
void RowFile<T>::pack(const Dataset<T>& rows, Stretch from, Place& place, std::vector<std::byte>& record) const {
  put(record, std::span<const T>(rows.target).subspan(from.first * shape_.targets, from.rows * shape_.targets));
  if (weighted_) {
    put(record, std::span<const T>(rows.weight).subspan(from.first, from.rows));
  }
  const std::size_t before = record.size();
  if (!shape_.sparse) {
    const T* const first = rows.dense.data() + from.first * shape_.stride;
    kept::pack_table<T>({first, from.rows, shape_.features, shape_.stride}, record);
    place.bytes = record.size() - before;
    return;
  }
  const std::span<const std::uint64_t> starts = std::span<const std::uint64_t>(rows.starts).subspan(from.first, from.rows + 1);
  const std::uint32_t* columns = rows.columns.data() + from.entry;
  const T* values = rows.values.data() + from.entry;
  place.entries = starts.back() - starts.front();
  const std::uint64_t of_a_row = starts[1] - starts[0];
  place.uniform = true;
  for (std::size_t i = 0; i < from.rows; ++i) {
    place.uniform = place.uniform && starts[i + 1] - starts[i] == of_a_row;
  }
  std::size_t table_rows = from.rows;
  auto table_columns = static_cast<std::size_t>(of_a_row);
  if (!place.uniform) {
    std::vector<std::uint32_t> within;
    for (const std::uint64_t start : starts) {
      within.push_back(static_cast<std::uint32_t>(start - starts.front()));
    }
    put(record, std::span<const std::uint32_t>(within));
    table_rows = static_cast<std::size_t>(place.entries);
    table_columns = 1;
  }
  kept::pack_table<std::uint32_t>({columns, table_rows, table_columns, table_columns}, record);
  kept::pack_table<T>({values, table_rows, table_columns, table_columns}, record);
  place.bytes = record.size() - before;
}

/// The features of a group, to where `into` has room for them.
template <class T>
void RowFile<T>::unpack(const Place& place, std::span<const std::byte> packed, Stretch to, Dataset<T>& into) const {
  if (!shape_.sparse) {
    kept::unpack_table<T>(packed, {into.dense.data() + to.first * shape_.stride, to.rows, shape_.features, shape_.stride});
    return;
  }
  std::uint64_t* const starts = into.starts.data() + to.first;
  std::uint32_t* const columns = into.columns.data() + to.entry;
  T* const values = into.values.data() + to.entry;
  std::size_t table_rows = to.rows;
  auto table_columns = static_cast<std::size_t>(place.entries / to.rows);
  if (place.uniform) {
    for (std::size_t i = 1; i <= to.rows; ++i) {
      starts[i] = to.entry + i * table_columns;
    }
  } else {
    std::vector<std::uint32_t> within(to.rows + 1);
    std::memcpy(within.data(), packed.data(), within.size() * sizeof(std::uint32_t));
    packed = packed.subspan(within.size() * sizeof(std::uint32_t));
    for (std::size_t i = 1; i <= to.rows; ++i) {
      starts[i] = to.entry + within[i];
    }
    table_rows = static_cast<std::size_t>(place.entries);
    table_columns = 1;
  }
  packed = kept::unpack_table<std::uint32_t>(packed, {columns, table_rows, table_columns, table_columns});
  kept::unpack_table<T>(packed, {values, table_rows, table_columns, table_columns});
}

template <class T>
void RowFile<T>::weigh(std::vector<double> by_class, const Split& split) {
  class_weights_ = std::move(by_class);
  split_ = split;
}

template <class T>
void RowFile<T>::settle_weights(std::size_t first_row, std::span<const T> target, std::span<T> weight) const {
  for (std::size_t i = 0; i < weight.size() && !class_weights_.empty(); ++i) {
    if (!split_.holds_out(first_row + i)) {
      weight[i] *= static_cast<T>(class_weights_[static_cast<std::size_t>(target[i])]);
    }
  }
}

/// To row `first` of `into` and those that follow it.
template <class T>
void RowFile<T>::take_targets(std::size_t group, std::span<const std::byte> bytes, std::size_t first, Dataset<T>& into) const {
  const std::size_t rows = rows_of(group);
  const std::span<T> target = std::span(into.target).subspan(first * shape_.targets, rows * shape_.targets);
  std::memcpy(target.data(), bytes.data(), target.size_bytes());
  if (!weighted()) {
    return;
  }
  const std::span<T> weight = std::span(into.weight).subspan(first, rows);
  if (weighted_) {
    std::memcpy(weight.data(), bytes.data() + target.size_bytes(), weight.size_bytes());
  } else {
    std::fill(weight.begin(), weight.end(), T(1));
  }
  settle_weights(group * shape_.group_rows, target, weight);
}

template <class T>
Result<void> RowFile<T>::read_targets(std::size_t group, Dataset<T>& into) const {
  const std::size_t rows = rows_of(group);
  into.target.resize(rows * shape_.targets);
  into.weight.resize(weighted() ? rows : 0);
  AlignedBytes room;
  const auto bytes = file_->read(places_[group].at, static_cast<std::size_t>(rows * row_bytes()), room);
  if (!bytes) {
    return bytes.error();
  }
  take_targets(group, *bytes, 0, into);
  return {};
}

template <class T>
Result<void> RowFile<T>::read_group(std::size_t group, Stretch to, Dataset<T>& into) const {
  const Place& place = places_[group];
  const std::uint64_t before = to.rows * row_bytes();
  AlignedBytes room;
  const auto bytes = file_->read(place.at, static_cast<std::size_t>(before + place.bytes), room);
  if (!bytes) {
    return bytes.error();
  }
  take_targets(group, *bytes, to.first, into);
  unpack(place, bytes->subspan(static_cast<std::size_t>(before)), to, into);
  return {};
}

template <class T>
Result<void> RowFile<T>::read(std::span<const std::uint32_t> groups, Dataset<T>& into) const {
  std::vector<Stretch> stretches;
  Stretch end;
  for (const std::uint32_t group : groups) {
    stretches.push_back({end.first, rows_of(group), end.entry});
    end.first += rows_of(group);
    end.entry += static_cast<std::size_t>(places_[group].entries);
  }
  into.rows = end.first;
  refit(into.target, into.rows * shape_.targets);
  refit(into.weight, weighted() ? into.rows : 0);
  refit(into.columns, end.entry);
  refit(into.values, end.entry);
  refit(into.dense, shape_.sparse ? 0 : into.rows * shape_.stride);
  refit(into.starts, shape_.sparse ? into.rows + 1 : 0);
  std::fill_n(into.starts.begin(), shape_.sparse ? 1 : 0, 0);
  kept::Faults faults;
  do_beside(groups.size(), reads_at_once, [&](std::size_t i) { faults.add(read_group(groups[i], stretches[i], into)); });
  return faults.result();
}

template <class T>
Result<void> each_target(const Dataset<T>& data, const VisitTargets<T>& visit) {
  if (!data.file) {
    visit(0, data.target, data.weight);
    return {};
  }
  constexpr std::size_t together = 32;  // small reads, each a wait
  constexpr std::size_t at_once = 8;
  std::vector<Dataset<T>> some(together);
  for (std::size_t first = 0; first < data.file->groups(); first += together) {
    const std::size_t count = std::min(together, data.file->groups() - first);
    kept::Faults faults;
    do_beside(count, at_once, [&](std::size_t i) { faults.add(data.file->read_targets(first + i, some[i])); });
    if (const Result<void> well = faults.result(); !well) {
      return well;
    }
    for (std::size_t i = 0; i < count; ++i) {
      visit((first + i) * data.group_rows, some[i].target, some[i].weight);
    }
  }
  return {};
}

template Result<void> each_target(const Dataset<float>&, const VisitTargets<float>&);
template Result<void> each_target(const Dataset<double>&, const VisitTargets<double>&);

template class RowFile<float>;
template class RowFile<double>;

}  // namespace fallline
