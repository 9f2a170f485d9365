// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/row_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "fallline/data/kept/pack_rows.hpp"

namespace fallline {

namespace {

constexpr std::uint64_t values_for_two = std::uint64_t{64} << 20U;  // a ceiling of so many has room for two stretches of rows

template <class U>
Result<void> read_into(const ScratchFile& file, std::uint64_t& at, std::span<U> numbers) {
  const std::span<std::byte> bytes = std::as_writable_bytes(numbers);
  const Result<void> well = file.read(at, bytes);
  at += bytes.size();
  return well;
}

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

}  // namespace

template <class T>
Result<std::shared_ptr<RowFile<T>>> RowFile<T>::create(const Memory& memory, const Dataset<T>& shape, bool weighted, std::uint64_t bytes) {
  auto file = ScratchFile::create(memory.folder(), bytes);
  if (!file) {
    return file.error();
  }
  return std::shared_ptr<RowFile>(new RowFile(std::move(*file), empty_like(shape), weighted, memory.limit() >= values_for_two * sizeof(T)));
}

template <class T>
RowFile<T>::RowFile(std::unique_ptr<ScratchFile> file, Dataset<T> pending, bool weighted, bool reads_ahead)
    : file_(std::move(file)), pending_(std::move(pending)), weighted_(weighted), reads_ahead_(reads_ahead) {
  if (pending_.sparse) {
    occurs_.assign((pending_.features + 63) / 64, 0);
  }
}

template <class T>
std::size_t RowFile<T>::rows_of(std::size_t group) const {
  return std::min(pending_.group_rows, rows_ - group * pending_.group_rows);
}

template <class T>
Result<void> RowFile<T>::append(const Dataset<T>& rows) {
  for (const std::uint32_t column : rows.columns) {
    occurs_[column / 64] |= std::uint64_t{1} << (column % 64);
  }
  const std::size_t targets = pending_.targets;
  for (std::size_t first = 0; first < rows.rows;) {
    const std::size_t count = std::min(rows.rows - first, pending_.group_rows - pending_.rows);
    const auto span_of = [&](const auto& numbers, std::size_t each) {
      return std::pair(numbers.begin() + static_cast<std::ptrdiff_t>(first * each),
                       numbers.begin() + static_cast<std::ptrdiff_t>((first + count) * each));
    };
    const auto [target, targets_end] = span_of(rows.target, targets);
    pending_.target.insert(pending_.target.end(), target, targets_end);
    if (weighted_) {
      const auto [weight, weights_end] = span_of(rows.weight, 1);
      pending_.weight.insert(pending_.weight.end(), weight, weights_end);
    }
    if (pending_.sparse) {
      const std::uint64_t before = rows.starts[first];
      const std::uint64_t base = pending_.starts.back();
      for (std::size_t i = first; i < first + count; ++i) {
        pending_.starts.push_back(base + rows.starts[i + 1] - before);
      }
      const auto from = static_cast<std::ptrdiff_t>(before);
      const auto to = static_cast<std::ptrdiff_t>(rows.starts[first + count]);
      pending_.columns.insert(pending_.columns.end(), rows.columns.begin() + from, rows.columns.begin() + to);
      pending_.values.insert(pending_.values.end(), rows.values.begin() + from, rows.values.begin() + to);
    } else {
      const auto [dense, dense_end] = span_of(rows.dense, pending_.stride);
      pending_.dense.insert(pending_.dense.end(), dense, dense_end);
    }
    pending_.rows += count;
    first += count;
    if (pending_.rows == pending_.group_rows) {
      if (const Result<void> well = flush(); !well) {
        return well;
      }
    }
  }
  return {};
}

template <class T>
Result<void> RowFile<T>::finish() {
  return pending_.rows > 0 ? flush() : Result<void>();
}

template <class T>
void RowFile<T>::pack(Place& place, std::vector<std::byte>& record) const {
  const std::size_t rows = pending_.rows;
  if (!pending_.sparse) {
    for (std::size_t j = 0; j < pending_.features; ++j) {
      kept::pack_column(pending_.dense.data() + j, rows, pending_.stride, record);
    }
    return;
  }
  place.entries = static_cast<std::uint32_t>(pending_.columns.size());
  const std::uint64_t of_a_row = pending_.starts[1];
  place.uniform = true;
  for (std::size_t i = 0; i < rows; ++i) {
    place.uniform = place.uniform && pending_.starts[i + 1] - pending_.starts[i] == of_a_row;
  }
  if (place.uniform) {
    for (std::size_t k = 0; k < of_a_row; ++k) {
      kept::pack_column(pending_.columns.data() + k, rows, static_cast<std::size_t>(of_a_row), record);
      kept::pack_column(pending_.values.data() + k, rows, static_cast<std::size_t>(of_a_row), record);
    }
    return;
  }
  const std::vector<std::uint32_t> starts(pending_.starts.begin(), pending_.starts.end());
  put(record, std::span<const std::uint32_t>(starts));
  kept::pack_column(pending_.columns.data(), place.entries, 1, record);
  kept::pack_column(pending_.values.data(), place.entries, 1, record);
}

/// The features of the rows that come next in `into`, which has room for them.
template <class T>
void RowFile<T>::unpack(const Place& place, std::size_t rows, std::span<const std::byte> packed, Dataset<T>& into) const {
  if (!pending_.sparse) {
    T* const first = into.dense.data() + into.rows * pending_.stride;
    for (std::size_t i = 0; i < rows; ++i) {
      std::fill(first + i * pending_.stride + pending_.features, first + (i + 1) * pending_.stride, T(0));
    }
    for (std::size_t j = 0; j < pending_.features; ++j) {
      packed = kept::unpack_column(packed, rows, pending_.stride, first + j);
    }
    return;
  }
  const auto first = static_cast<std::size_t>(into.starts.back());
  if (place.uniform) {
    const std::size_t of_a_row = place.entries / rows;
    for (std::size_t k = 0; k < of_a_row; ++k) {
      packed = kept::unpack_column(packed, rows, of_a_row, into.columns.data() + first + k);
      packed = kept::unpack_column(packed, rows, of_a_row, into.values.data() + first + k);
    }
    for (std::size_t i = 1; i <= rows; ++i) {
      into.starts.push_back(first + i * of_a_row);
    }
    return;
  }
  std::vector<std::uint32_t> starts(rows + 1);
  std::memcpy(starts.data(), packed.data(), starts.size() * sizeof(std::uint32_t));
  packed = packed.subspan(starts.size() * sizeof(std::uint32_t));
  packed = kept::unpack_column(packed, place.entries, 1, into.columns.data() + first);
  kept::unpack_column(packed, place.entries, 1, into.values.data() + first);
  for (std::size_t i = 1; i <= rows; ++i) {
    into.starts.push_back(first + starts[i]);
  }
}

template <class T>
Result<void> RowFile<T>::flush() {
  if (pending_.columns.size() > std::numeric_limits<std::uint32_t>::max()) {
    return no_room_error(fmt::format("{} rows in a row hold more than {} entries. Use fewer or narrower features.", pending_.rows,
                                     std::numeric_limits<std::uint32_t>::max()));
  }
  std::vector<std::byte> record;
  put(record, std::span<const T>(pending_.target));
  put(record, std::span<const T>(pending_.weight));
  const std::size_t before = record.size();
  Place place;
  pack(place, record);
  place.bytes = record.size() - before;
  const Result<std::uint64_t> at = file_->append(record);
  if (!at) {
    return at.error();
  }
  place.at = *at;
  places_.push_back(place);
  rows_ += pending_.rows;
  entries_ += pending_.columns.size();
  pending_.rows = 0;
  pending_.target.clear();
  pending_.weight.clear();
  pending_.dense.clear();
  pending_.columns.clear();
  pending_.values.clear();
  pending_.starts.resize(pending_.sparse ? 1 : 0);
  return {};
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

template <class T>
Result<void> RowFile<T>::read_targets(std::size_t group, Dataset<T>& into) const {
  const std::size_t rows = rows_of(group);
  const std::size_t before = into.target.size() / pending_.targets;
  into.target.resize((before + rows) * pending_.targets);
  std::uint64_t at = places_[group].at;
  const std::span<T> target = std::span(into.target).subspan(before * pending_.targets);
  if (const Result<void> well = read_into(*file_, at, target); !well) {
    return well;
  }
  if (!weighted()) {
    return {};
  }
  into.weight.resize(before + rows);
  const std::span<T> weight = std::span(into.weight).subspan(before);
  std::fill(weight.begin(), weight.end(), T(1));
  if (weighted_) {
    if (const Result<void> well = read_into(*file_, at, weight); !well) {
      return well;
    }
  }
  settle_weights(group * pending_.group_rows, target, weight);
  return {};
}

template <class T>
Result<void> RowFile<T>::read(std::span<const std::uint32_t> groups, Dataset<T>& into) const {
  std::size_t rows = 0;
  std::uint64_t entries = 0;
  for (const std::uint32_t group : groups) {
    rows += rows_of(group);
    entries += places_[group].entries;
    file_->soon(places_[group].at, rows_of(group) * row_bytes() + places_[group].bytes);  // many at once, for groups lie apart
  }
  refit(into.target, rows * pending_.targets);
  into.target.clear();
  refit(into.weight, weighted() ? rows : 0);
  into.weight.clear();
  refit(into.columns, static_cast<std::size_t>(entries));
  refit(into.values, static_cast<std::size_t>(entries));
  refit(into.dense, pending_.sparse ? 0 : rows * pending_.stride);
  refit(into.starts, pending_.sparse ? rows + 1 : 0);
  into.starts.resize(pending_.sparse ? 1 : 0);
  std::fill(into.starts.begin(), into.starts.end(), 0);
  into.rows = 0;
  std::vector<std::byte> packed;
  for (const std::uint32_t group : groups) {
    const std::size_t count = rows_of(group);
    std::uint64_t at = places_[group].at + count * row_bytes();
    packed.resize(static_cast<std::size_t>(places_[group].bytes));
    Result<void> well = read_targets(group, into);
    well = well ? read_into(*file_, at, std::span(packed)) : well;
    if (!well) {
      return well;
    }
    unpack(places_[group], count, packed, into);
    into.rows += count;
  }
  return {};
}

template <class T>
Result<void> each_target(const Dataset<T>& data, const VisitTargets<T>& visit) {
  if (!data.file) {
    visit(0, data.target, data.weight);
    return {};
  }
  Dataset<T> some;
  for (std::size_t group = 0; group < data.file->groups(); ++group) {
    some.target.clear();
    some.weight.clear();
    if (const Result<void> well = data.file->read_targets(group, some); !well) {
      return well;
    }
    visit(group * data.group_rows, some.target, some.weight);
  }
  return {};
}

template Result<void> each_target(const Dataset<float>&, const VisitTargets<float>&);
template Result<void> each_target(const Dataset<double>&, const VisitTargets<double>&);

template class RowFile<float>;
template class RowFile<double>;

}  // namespace fallline
