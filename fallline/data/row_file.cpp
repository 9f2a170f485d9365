// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/row_file.hpp"

#include <algorithm>
#include <utility>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

constexpr std::uint64_t enough_for_two = std::uint64_t{256} << 20U;  // a ceiling under which two stretches of rows have room

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
  return std::shared_ptr<RowFile>(new RowFile(std::move(*file), empty_like(shape), weighted, memory.limit() >= enough_for_two));
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
std::uint64_t RowFile<T>::row_bytes() const {
  return (pending_.targets + (weighted_ ? 1 : 0)) * sizeof(T);
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
Result<void> RowFile<T>::flush() {
  std::vector<std::byte> record;
  put(record, std::span<const T>(pending_.target));
  put(record, std::span<const T>(pending_.weight));
  if (pending_.sparse) {
    const std::vector<std::uint32_t> starts(pending_.starts.begin(), pending_.starts.end());
    put(record, std::span<const std::uint32_t>(starts));
    put(record, std::span<const std::uint32_t>(pending_.columns));
    put(record, std::span<const T>(pending_.values));
  } else {
    put(record, std::span<const T>(pending_.dense));
  }
  const Result<std::uint64_t> at = file_->append(record);
  if (!at) {
    return at.error();
  }
  places_.push_back({*at, pending_.columns.size()});
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
  std::vector<std::uint32_t> starts;
  for (const std::uint32_t group : groups) {
    const std::size_t count = rows_of(group);
    std::uint64_t at = places_[group].at + count * row_bytes();
    Result<void> well = read_targets(group, into);
    if (pending_.sparse) {
      const auto first = static_cast<std::size_t>(into.starts.back());
      const auto some = static_cast<std::size_t>(places_[group].entries);
      starts.resize(count + 1);
      well = well ? read_into(*file_, at, std::span(starts)) : well;
      well = well ? read_into(*file_, at, std::span(into.columns).subspan(first, some)) : well;
      well = well ? read_into(*file_, at, std::span(into.values).subspan(first, some)) : well;
      for (std::size_t i = 1; i <= count; ++i) {
        into.starts.push_back(first + starts[i]);
      }
    } else {
      well = well ? read_into(*file_, at, std::span(into.dense).subspan(into.rows * pending_.stride, count * pending_.stride)) : well;
    }
    if (!well) {
      return well;
    }
    into.rows += count;
  }
  return {};
}

template <class T>
Result<void> RowFile<T>::read_row(std::uint32_t row, Dataset<T>& onto) const {
  const std::size_t group = row / pending_.group_rows;
  const std::size_t place = row % pending_.group_rows;
  const std::size_t count = rows_of(group);
  const std::uint64_t begin = places_[group].at;
  const std::size_t targets = pending_.targets;
  onto.target.resize((onto.rows + 1) * targets);
  std::uint64_t at = begin + place * targets * sizeof(T);
  Result<void> well = read_into(*file_, at, std::span(onto.target).last(targets));
  if (weighted()) {
    onto.weight.resize(onto.rows + 1);
    onto.weight.back() = T(1);
    at = begin + (count * targets + place) * sizeof(T);
    well = well && weighted_ ? read_into(*file_, at, std::span(onto.weight).last(1)) : well;
    settle_weights(row, std::span<const T>(onto.target).last(targets), std::span(onto.weight).last(1));
  }
  const std::uint64_t values = begin + count * row_bytes();
  if (pending_.sparse) {
    std::uint32_t starts[2] = {};
    at = values + place * sizeof(std::uint32_t);
    well = well ? read_into(*file_, at, std::span<std::uint32_t>(starts)) : well;
    const std::size_t some = starts[1] - starts[0];
    const std::size_t before = onto.columns.size();
    onto.columns.resize(before + some);
    onto.values.resize(before + some);
    const std::uint64_t columns = values + (count + 1) * sizeof(std::uint32_t);
    at = columns + starts[0] * sizeof(std::uint32_t);
    well = well ? read_into(*file_, at, std::span(onto.columns).last(some)) : well;
    at = columns + places_[group].entries * sizeof(std::uint32_t) + starts[0] * sizeof(T);
    well = well ? read_into(*file_, at, std::span(onto.values).last(some)) : well;
    onto.starts.push_back(before + some);
  } else {
    onto.dense.resize((onto.rows + 1) * pending_.stride);
    at = values + place * pending_.stride * sizeof(T);
    well = well ? read_into(*file_, at, std::span(onto.dense).last(pending_.stride)) : well;
  }
  ++onto.rows;
  return well;
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
