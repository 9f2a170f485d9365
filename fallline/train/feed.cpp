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
      window_(window.value_or(usual_window(bytes_in_a_stretch()))),
      segment_rows_(std::max<std::size_t>(1, usual_window(bytes_in_a_stretch()) / data.group_rows) * data.group_rows) {
  if (data.store) {
    for (Stretch* stretch : {&now_, &other_, &single_}) {
      stretch->data = empty_like(data);
      stretch->place_of_group.assign(data.store->groups(), nowhere);
    }
    some_ = empty_like(data);
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
  if (!data_.store || data_.store->weighted()) {  // a pass over the file for weights that are all 1 would be for nothing
    each_target([&](std::size_t /*first*/, std::span<const T> /*targets*/, std::span<const T> weights) {
      for (const T w : weights) {
        sum += static_cast<double>(w);
      }
      weighed += weights.size();
    });
  }
  const std::uint64_t entries = data_.store ? data_.store->entries() : data_.values.size();
  return {weighed > 0 ? sum / static_cast<double>(weighed) : 1,
          data_.sparse ? static_cast<double>(entries) / static_cast<double>(std::max<std::size_t>(1, data_.rows)) : 0};
}

template <class T>
double Feed<T>::bytes_of_a_row() const {
  return data_.sparse ? whole_.row_values * (sizeof(float) + sizeof(std::uint32_t)) : static_cast<double>(data_.stride) * sizeof(float);
}

/// With its targets and a weight, and its number in two lists: of narrow rows these are most of it.
template <class T>
double Feed<T>::bytes_in_a_stretch() const {
  const std::size_t beside = (data_.targets + 1) * sizeof(float) + 2 * sizeof(std::uint32_t) + (data_.sparse ? sizeof(std::uint64_t) : 0);
  return bytes_of_a_row() + static_cast<double>(beside);
}

template <class T>
void Feed<T>::each_target(const VisitTargets<T>& visit) {
  fail(fallline::each_target<T>(data_, visit));
}

template <class T>
std::uint32_t Feed<T>::number(Part part, std::size_t place) const {
  return data_.store ? this->part(part)[place] : list_[part == Part::training ? 0 : 1][place];
}

template <class T>
void Feed<T>::scale(std::vector<double> center, std::vector<double> spread) {
  const auto is = [](double number) { return [number](double x) { return x == number; }; };
  if (std::all_of(center.begin(), center.end(), is(0)) && std::all_of(spread.begin(), spread.end(), is(1))) {
    return;
  }
  center_ = std::move(center);
  spread_ = std::move(spread);
  if (data_.store) {
    return;
  }
  target_ = data_.target;
  const std::size_t targets = data_.targets;
  for (std::size_t i = 0; i < target_.size(); ++i) {
    target_[i] = static_cast<T>((static_cast<double>(target_[i]) - center_[i % targets]) / spread_[i % targets]);
  }
  all_.target = target_;
}

/// Rows as they came from the file as training sees them.
template <class T>
void Feed<T>::settle(Dataset<T>& rows) const {
  if (!occupied_.features.empty()) {
    std::transform(rows.columns.begin(), rows.columns.end(), rows.columns.begin(),
                   [&](std::uint32_t column) { return occupied_.place(column); });
  }
  const std::size_t targets = data_.targets;
  for (std::size_t i = 0; i < rows.target.size() && !center_.empty(); ++i) {
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
  if (!data_.store) {
    return {all_, numbers};
  }
  const int group_bits = std::countr_zero(data_.group_rows);
  const auto in_group = static_cast<std::uint32_t>(data_.group_rows - 1);
  numbers_.resize(numbers.size());
  bool here = true;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::uint32_t place = now_.place_of_group[numbers[i] >> group_bits];
    here = here && place != nowhere;
    numbers_[i] = place + (numbers[i] & in_group);
  }
  if (!here) {
    return gather(numbers);
  }
  read_ahead();
  return {now_.data.view(), numbers_};
}

/// Copies of rows that are not all in `now_`; those that have to be read again group by group.
template <class T>
Picked<T> Feed<T>::gather(std::span<const std::uint32_t> numbers) {
  ahead_.wait();
  some_ = empty_like(some_);
  some_.features = kind_.features;
  std::vector<std::uint32_t> by_group(numbers.size());
  std::iota(by_group.begin(), by_group.end(), 0U);
  std::stable_sort(by_group.begin(), by_group.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return numbers[a] / data_.group_rows < numbers[b] / data_.group_rows; });
  for (const std::uint32_t i : by_group) {
    numbers_[i] = static_cast<std::uint32_t>(some_.rows);
    if (append_if_there(now_, numbers[i]) || append_if_there(other_, numbers[i]) || append_if_there(single_, numbers[i])) {
      continue;
    }
    const auto group = static_cast<std::uint32_t>(numbers[i] / data_.group_rows);
    load(single_, {&group, 1});
    fail(single_.read);
    if (!append_if_there(single_, numbers[i])) {
      return {all_, {}};
    }
  }
  return {some_.view(), numbers_};
}

template <class T>
bool Feed<T>::append_if_there(const Stretch& stretch, std::uint32_t number) {
  const std::uint32_t place = stretch.place_of_group[number / data_.group_rows];
  const auto local = static_cast<std::uint32_t>(place + number % data_.group_rows);
  if (place != nowhere) {
    append_rows(stretch.data.view(), {&local, 1}, some_);
  }
  return place != nowhere;
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
    if (!data_.store) {
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
    if (fault_) {
      return;
    }
    read_ahead();
    std::for_each(numbers_.begin(), numbers_.end(), [&](std::uint32_t& number) { number -= static_cast<std::uint32_t>(first); });
    visit({now_.data.view(), numbers_});
  }
}

template <class T>
RowOrder Feed<T>::order(std::uint64_t seed, Purpose purpose, bool shuffle) {
  OrderOptions options{seed, purpose, shuffle, window_, data_.group_rows};
  if (data_.store) {
    options.on_window = [this](std::span<const std::uint32_t> groups, std::span<const std::uint32_t> next) { bring(groups, next); };
  }
  return RowOrder(training_, std::move(options), pool_);
}

/// Makes `now_` the stretch of these groups. `next` is read ahead from the first `take` on that needs no rows of the stretch before.
template <class T>
void Feed<T>::bring(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> next) {
  const auto is = [](const Stretch& stretch, std::span<const std::uint32_t> asked) {
    return std::equal(stretch.groups.begin(), stretch.groups.end(), asked.begin(), asked.end());
  };
  const bool two = data_.store->reads_ahead();
  if (!is(now_, groups)) {
    ahead_.wait();
    if (!is(other_, groups)) {
      load(two ? other_ : now_, groups);
    }
    if (two) {
      std::swap(now_, other_);
    }
    fail(now_.read);
  }
  wanted_.assign(next.begin(), two ? next.end() : next.begin());
}

template <class T>
void Feed<T>::read_ahead() {
  if (!wanted_.empty()) {
    ahead_.begin([this, groups = std::exchange(wanted_, {})] { load(other_, groups); });
  }
}

template <class T>
void Feed<T>::load(Stretch& stretch, std::span<const std::uint32_t> groups) const {
  for (const std::uint32_t group : stretch.groups) {
    stretch.place_of_group[group] = nowhere;
  }
  stretch.groups.assign(groups.begin(), groups.end());
  stretch.read = data_.store->read(groups, stretch.data);
  if (!stretch.read) {
    stretch.groups.clear();
    return;
  }
  settle(stretch.data);
  std::uint32_t place = 0;
  for (const std::uint32_t group : groups) {
    stretch.place_of_group[group] = place;
    place += static_cast<std::uint32_t>(data_.store->rows_of(group));
  }
}

template class Feed<float>;
template class Feed<double>;

}  // namespace fallline
