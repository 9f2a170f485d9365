// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/feed.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace fallline {

namespace {

constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

template <class T>
Rows<T> kind_of(const Dataset<T>& data, const Occupied& occupied) {
  Rows<T> kind;
  kind.features = occupied.features.empty() ? data.features : occupied.features.size();
  kind.sparse = data.sparse;
  kind.targets = data.targets;
  return kind;
}

}  // namespace

template <class T>
Feed<T>::Feed(const Dataset<T>& data, const Split& split, std::optional<std::size_t> window, ThreadPool& pool)
    : data_(data),
      pool_(pool),
      training_(data.rows, split, Part::training),
      held_out_(data.rows, split, Part::held_out),
      occupied_(occupied_features(data)),
      whole_(measure()),
      kind_(kind_of(data, occupied_)),
      window_(window.value_or(usual_window(bytes_of_a_row()))),
      segment_rows_(std::max<std::size_t>(1, usual_window(bytes_of_a_row()) / data.group_rows) * data.group_rows) {
  if (data.file) {
    now_.data = empty_like(data);
    next_.data = empty_like(data);
    some_ = empty_like(data);
    place_of_group_.assign(data.file->groups(), nowhere);
    return;
  }
  all_ = data.view();
  if (!occupied_.features.empty()) {
    all_.columns = occupied_.columns;
    all_.features = occupied_.features.size();
  }
  training_.append(0, data.rows, list_[0]);
  held_out_.append(0, data.rows, list_[1]);
}

template <class T>
Whole Feed<T>::measure() {
  double sum = 0;
  std::size_t weighed = 0;
  each_target([&](std::size_t /*first*/, std::span<const T> /*targets*/, std::span<const T> weights) {
    for (const T w : weights) {
      sum += static_cast<double>(w);
    }
    weighed += weights.size();
  });
  const std::uint64_t entries = data_.file ? data_.file->entries() : data_.values.size();
  return {weighed > 0 ? sum / static_cast<double>(weighed) : 1,
          data_.sparse ? static_cast<double>(entries) / static_cast<double>(std::max<std::size_t>(1, data_.rows)) : 0};
}

template <class T>
double Feed<T>::bytes_of_a_row() const {
  return data_.sparse ? whole_.row_values * (sizeof(float) + sizeof(std::uint32_t)) : static_cast<double>(data_.stride) * sizeof(float);
}

template <class T>
void Feed<T>::each_target(const VisitTargets<T>& visit) {
  fail(fallline::each_target<T>(data_, visit));
}

template <class T>
std::uint32_t Feed<T>::number(Part part, std::size_t place) const {
  return data_.file ? this->part(part)[place] : list_[part == Part::training ? 0 : 1][place];
}

template <class T>
void Feed<T>::scale(std::vector<double> center, std::vector<double> spread) {
  const auto is = [](double number) { return [number](double x) { return x == number; }; };
  if (std::all_of(center.begin(), center.end(), is(0)) && std::all_of(spread.begin(), spread.end(), is(1))) {
    return;
  }
  center_ = std::move(center);
  spread_ = std::move(spread);
  if (data_.file) {
    return;
  }
  target_ = data_.target;
  const std::size_t targets = data_.targets;
  for (std::size_t i = 0; i < target_.size(); ++i) {
    target_[i] = static_cast<T>((static_cast<double>(target_[i]) - center_[i % targets]) / spread_[i % targets]);
  }
  all_.target = target_;
}

/// The rows from `first` on, as they came from the file, as training sees them.
template <class T>
void Feed<T>::settle(Dataset<T>& rows, std::size_t first) const {
  if (!occupied_.features.empty()) {
    const auto from = rows.columns.begin() + static_cast<std::ptrdiff_t>(rows.starts[first]);
    std::transform(from, rows.columns.end(), from, [&](std::uint32_t column) { return occupied_.place(column); });
  }
  const std::size_t targets = data_.targets;
  for (std::size_t i = first * targets; i < rows.target.size() && !center_.empty(); ++i) {
    rows.target[i] = static_cast<T>((static_cast<double>(rows.target[i]) - center_[i % targets]) / spread_[i % targets]);
  }
  rows.features = kind_.features;
}

template <class T>
void Feed<T>::fail(const Result<void>& result) {
  if (!result && !fault_) {
    fault_ = result.error();
  }
}

template <class T>
Picked<T> Feed<T>::take(std::span<const std::uint32_t> numbers) {
  if (!data_.file) {
    return {all_, numbers};
  }
  const int group_bits = std::countr_zero(data_.group_rows);
  const auto in_group = static_cast<std::uint32_t>(data_.group_rows - 1);
  numbers_.resize(numbers.size());
  bool here = true;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::uint32_t place = place_of_group_[numbers[i] >> group_bits];
    here = here && place != nowhere;
    numbers_[i] = place + (numbers[i] & in_group);
  }
  return here ? Picked<T>{now_.data.view(), numbers_} : gather(numbers);
}

/// Copies of rows that are not all in `now_`.
template <class T>
Picked<T> Feed<T>::gather(std::span<const std::uint32_t> numbers) {
  some_ = empty_like(some_);
  const Rows<T> now = now_.data.view();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (place_of_group_[numbers[i] / data_.group_rows] != nowhere) {
      append_rows(now, {&numbers_[i], 1}, some_);
    } else {
      fail(data_.file->read_row(numbers[i], some_));
      settle(some_, some_.rows - 1);
    }
  }
  std::iota(numbers_.begin(), numbers_.end(), 0U);
  some_.features = kind_.features;
  return {some_.view(), numbers_};
}

template <class T>
std::vector<std::uint32_t> Feed<T>::groups_of(std::size_t first_row, std::size_t last_row) const {
  const std::size_t first = std::min(first_row, data_.rows) / data_.group_rows;
  const std::size_t last = (std::min(last_row, data_.rows) + data_.group_rows - 1) / data_.group_rows;
  std::vector<std::uint32_t> groups(last > first ? last - first : 0);
  std::iota(groups.begin(), groups.end(), static_cast<std::uint32_t>(first));
  return groups;
}

template <class T>
void Feed<T>::each(Part part, bool at_once, const std::function<void(const Picked<T>&)>& visit) {
  const PartRows& rows = this->part(part);
  const std::size_t segment = at_once ? data_.rows : segment_rows_;
  for (std::size_t first = 0; first < data_.rows; first += segment) {
    const std::size_t last = std::min(data_.rows, first + segment);
    if (!data_.file) {
      const std::vector<std::uint32_t>& list = list_[part == Part::training ? 0 : 1];
      const auto from = std::lower_bound(list.begin(), list.end(), first);
      const auto to = std::lower_bound(from, list.end(), last);
      if (from != to) {
        visit({all_, std::span(from, to)});
      }
      continue;
    }
    numbers_.clear();
    rows.append(first, last, numbers_);
    if (numbers_.empty()) {
      continue;
    }
    bring(groups_of(first, last), groups_of(last, last + segment));
    std::for_each(numbers_.begin(), numbers_.end(), [&](std::uint32_t& number) { number -= static_cast<std::uint32_t>(first); });
    visit({now_.data.view(), numbers_});
  }
}

template <class T>
RowOrder Feed<T>::order(std::uint64_t seed, Purpose purpose, bool shuffle) {
  OrderOptions options{seed, purpose, shuffle, window_, data_.group_rows};
  if (data_.file) {
    options.on_window = [this](std::span<const std::uint32_t> groups, std::span<const std::uint32_t> next) { bring(groups, next); };
  }
  return RowOrder(training_, std::move(options), pool_);
}

/// Makes `now_` the stretch of these groups and begins to read the next one.
template <class T>
void Feed<T>::bring(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> next) {
  const auto is = [](const Stretch& stretch, std::span<const std::uint32_t> asked) {
    return std::equal(stretch.groups.begin(), stretch.groups.end(), asked.begin(), asked.end());
  };
  if (is(now_, groups)) {
    return;
  }
  ahead_.wait();
  for (const std::uint32_t group : now_.groups) {
    place_of_group_[group] = nowhere;
  }
  if (is(next_, groups)) {
    std::swap(now_, next_);
  } else {
    load(now_, groups);
  }
  fail(now_.read);
  std::uint32_t place = 0;
  for (const std::uint32_t group : now_.groups) {
    place_of_group_[group] = place;
    place += static_cast<std::uint32_t>(data_.file->rows_of(group));
  }
  if (!next.empty() && data_.file->reads_ahead()) {
    ahead_.begin([this, wanted = std::vector<std::uint32_t>(next.begin(), next.end())] { load(next_, wanted); });
  }
}

template <class T>
void Feed<T>::load(Stretch& stretch, std::span<const std::uint32_t> groups) const {
  stretch.groups.assign(groups.begin(), groups.end());
  stretch.read = data_.file->read(groups, stretch.data);
  if (stretch.read) {
    settle(stretch.data, 0);
  }
}

template class Feed<float>;
template class Feed<double>;

}  // namespace fallline
