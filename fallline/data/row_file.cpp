// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/row_file.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "fallline/base/ahead.hpp"
#include "fallline/data/kept/faults.hpp"
#include "fallline/data/kept/pack_rows.hpp"

namespace fallline {

namespace {

template <class U>
void put(std::vector<std::byte>& record, std::span<const U> numbers) {
  const std::span<const std::byte> bytes = std::as_bytes(numbers);
  record.insert(record.end(), bytes.begin(), bytes.end());
}

}  // namespace

template <class T>
Result<std::shared_ptr<RowFile<T>>> RowFile<T>::create(const Memory& memory, const Dataset<T>& shape, bool weighted, std::uint64_t bytes) {
  auto file = ScratchFile::create(memory, bytes);
  if (!file) {
    return file.error();
  }
  return std::shared_ptr<RowFile>(new RowFile(std::move(*file), memory, shape, weighted));
}

template <class T>
RowFile<T>::RowFile(std::unique_ptr<ScratchFile> file, const Memory& memory, const Dataset<T>& shape, bool weighted)
    : RowStore<T>(memory, shape, weighted), file_(std::move(file)) {}

template <class T>
std::uint64_t RowFile<T>::row_bytes() const {
  return (this->shape().targets + (this->comes_weighted() ? 1 : 0)) * sizeof(T);
}

template <class T>
Result<void> RowFile<T>::put_groups(const Dataset<T>& rows, std::size_t count, ThreadPool& pool) {
  const std::size_t of_a_group = rows.group_rows;
  const std::size_t groups = (count + of_a_group - 1) / of_a_group;
  std::vector<Place> places(groups);
  std::vector<std::vector<std::byte>> records(groups);
  pool.run(groups, [&](std::size_t g) {
    const std::size_t first = g * of_a_group;
    const std::size_t entry = rows.sparse ? static_cast<std::size_t>(rows.starts[first]) : 0;
    pack(rows, {first, std::min(of_a_group, count - first), entry}, places[g], records[g]);
  });
  for (std::size_t g = 0; g < groups; ++g) {
    const Result<std::uint64_t> at = file_->append(records[g]);
    if (!at) {
      return at.error();
    }
    places[g].at = *at;
    places_.push_back(places[g]);
  }
  return {};
}

template <class T>
void RowFile<T>::pack(const Dataset<T>& rows, Stretch from, Place& place, std::vector<std::byte>& record) const {
  put(record, std::span<const T>(rows.target).subspan(from.first * this->shape().targets, from.rows * this->shape().targets));
  if (this->comes_weighted()) {
    put(record, std::span<const T>(rows.weight).subspan(from.first, from.rows));
  }
  const std::size_t before = record.size();
  if (!this->shape().sparse) {
    const T* const first = rows.dense.data() + from.first * this->shape().stride;
    kept::pack_table<T>({first, from.rows, this->shape().features, this->shape().stride}, record);
    place.bytes = record.size() - before;
    return;
  }
  const std::span<const std::uint64_t> starts = std::span<const std::uint64_t>(rows.starts).subspan(from.first, from.rows + 1);
  const std::uint32_t* columns = rows.columns.data() + from.entry;
  const T* values = rows.values.data() + from.entry;
  const std::uint64_t entries = starts.back() - starts.front();
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
    table_rows = static_cast<std::size_t>(entries);
    table_columns = 1;
  }
  kept::pack_table<std::uint32_t>({columns, table_rows, table_columns, table_columns}, record);
  kept::pack_table<T>({values, table_rows, table_columns, table_columns}, record);
  place.bytes = record.size() - before;
}

/// The features of a group, to where `into` has room for them.
template <class T>
void RowFile<T>::unpack(std::size_t group, std::span<const std::byte> packed, Stretch to, Dataset<T>& into) const {
  const auto entries = static_cast<std::size_t>(this->entries_of(group));
  if (!this->shape().sparse) {
    kept::unpack_table<T>(packed,
                          {into.dense.data() + to.first * this->shape().stride, to.rows, this->shape().features, this->shape().stride});
    return;
  }
  std::uint64_t* const starts = into.starts.data() + to.first;
  std::uint32_t* const columns = into.columns.data() + to.entry;
  T* const values = into.values.data() + to.entry;
  std::size_t table_rows = to.rows;
  auto table_columns = entries / to.rows;
  if (places_[group].uniform) {
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
    table_rows = entries;
    table_columns = 1;
  }
  packed = kept::unpack_table<std::uint32_t>(packed, {columns, table_rows, table_columns, table_columns});
  kept::unpack_table<T>(packed, {values, table_rows, table_columns, table_columns});
}

/// To row `first` of `into` and those that follow it.
template <class T>
void RowFile<T>::take_targets(std::size_t group, std::span<const std::byte> bytes, std::size_t first, Dataset<T>& into) const {
  const std::size_t rows = this->rows_of(group);
  const std::span<T> target = std::span(into.target).subspan(first * this->shape().targets, rows * this->shape().targets);
  std::memcpy(target.data(), bytes.data(), target.size_bytes());
  if (!this->weighted()) {
    return;
  }
  const std::span<T> weight = std::span(into.weight).subspan(first, rows);
  if (this->comes_weighted()) {
    std::memcpy(weight.data(), bytes.data() + target.size_bytes(), weight.size_bytes());
  }
  this->settle_weights(group * this->shape().group_rows, target, weight);
}

template <class T>
Result<void> RowFile<T>::read_targets(std::size_t group, Dataset<T>& into) const {
  const std::size_t rows = this->rows_of(group);
  into.target.resize(rows * this->shape().targets);
  into.weight.resize(this->weighted() ? rows : 0);
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
  unpack(group, bytes->subspan(static_cast<std::size_t>(before)), to, into);
  return {};
}

template <class T>
Result<void> RowFile<T>::read_groups(std::span<const std::uint32_t> groups, std::span<const Stretch> to, Dataset<T>& into) const {
  constexpr std::size_t at_once = 4;
  kept::Faults faults;
  do_beside(groups.size(), at_once, [&](std::size_t i) { faults.add(read_group(groups[i], to[i], into)); });
  return faults.result();
}

template <class T>
Result<void> RowFile<T>::each_target(const VisitTargets<T>& visit) const {
  constexpr std::size_t together = 32;  // small reads, each a wait
  constexpr std::size_t at_once = 8;
  std::vector<Dataset<T>> some(together);
  for (std::size_t first = 0; first < this->groups(); first += together) {
    const std::size_t count = std::min(together, this->groups() - first);
    kept::Faults faults;
    do_beside(count, at_once, [&](std::size_t i) { faults.add(read_targets(first + i, some[i])); });
    if (const Result<void> well = faults.result(); !well) {
      return well;
    }
    for (std::size_t i = 0; i < count; ++i) {
      visit((first + i) * this->shape().group_rows, some[i].target, some[i].weight);
    }
  }
  return {};
}

template class RowFile<float>;
template class RowFile<double>;

}  // namespace fallline
