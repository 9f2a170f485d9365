// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/online_batch.hpp"

#include <algorithm>
#include <numeric>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

constexpr std::size_t values_at_a_time = 16;  // a row begins where a vector may begin
constexpr std::size_t entries_of_a_row = 64;  // room for so many at first

}  // namespace

template <class T>
OnlineBatch<T>::OnlineBatch(const OnlineShape& shape, const Problem<T>& problem, std::size_t targets, std::size_t capacity)
    : shape_(shape),
      targets_(targets),
      stride_((shape.features + values_at_a_time - 1) / values_at_a_time * values_at_a_time),
      centers_(problem.centers()),
      spreads_(problem.spreads()),
      order_(capacity),
      dense_(shape.sparse ? 0 : capacity * stride_),
      starts_(shape.sparse ? capacity + 1 : 0),
      columns_(shape.sparse ? capacity * entries_of_a_row : 0),
      values_(columns_.size()),
      target_(capacity * targets),
      weight_(capacity, 1),
      data_target_(capacity * targets),
      data_weight_(capacity, 1) {
  std::iota(order_.begin(), order_.end(), 0U);
}

template <class T>
void OnlineBatch<T>::add(const Rows<T>& rows, std::size_t row) {
  expects(!full() && rows.features == shape_.features && rows.sparse == shape_.sparse && rows.targets == targets_,
          "rows have the shape that they are learnt in");
  const std::size_t at = filled_++;
  for (std::size_t k = 0; k < targets_; ++k) {
    const auto y = static_cast<double>(rows.target[row * targets_ + k]);
    data_target_[at * targets_ + k] = y;
    target_[at * targets_ + k] = static_cast<T>((y - centers_[k]) / spreads_[k]);
  }
  data_weight_[at] = rows.weight.empty() ? 1 : static_cast<double>(rows.weight[row]);
  weight_[at] = static_cast<T>(data_weight_[at] / shape_.mean_weight);
  if (!shape_.sparse) {
    const auto values = rows.dense.row(row);
    std::copy(values.begin(), values.end(), dense_.begin() + static_cast<std::ptrdiff_t>(at * stride_));
    return;
  }
  const std::uint64_t first = rows.starts[row];
  const auto entries = static_cast<std::size_t>(rows.starts[row + 1] - first);
  starts_[at + 1] = starts_[at] + entries;
  if (starts_[at + 1] > columns_.size()) {
    columns_.resize(2 * static_cast<std::size_t>(starts_[at + 1]));
    values_.resize(columns_.size());
  }
  std::copy_n(rows.columns.begin() + static_cast<std::ptrdiff_t>(first), entries,
              columns_.begin() + static_cast<std::ptrdiff_t>(starts_[at]));
  std::copy_n(rows.values.begin() + static_cast<std::ptrdiff_t>(first), entries,
              values_.begin() + static_cast<std::ptrdiff_t>(starts_[at]));
}

template <class T>
Rows<T> OnlineBatch<T>::view() const {
  Rows<T> view;
  view.rows = order_.size();
  view.features = shape_.features;
  view.sparse = shape_.sparse;
  if (!shape_.sparse) {
    view.dense = Mat<const T>(dense_.data(), view.rows, view.features, stride_);
  }
  view.starts = starts_;
  view.columns = columns_;
  view.values = values_;
  view.target = target_;
  view.targets = targets_;
  view.weight = weight_;
  return view;
}

template <class T>
bool OnlineBatch<T>::sound() const {
  const std::size_t capacity = order_.size();
  const auto known = [this](std::uint32_t column) { return column < shape_.features; };
  return filled_ < std::max<std::size_t>(1, capacity) && dense_.size() == (shape_.sparse ? 0 : capacity * stride_) &&
         starts_.size() == (shape_.sparse ? capacity + 1 : 0) && columns_.size() == values_.size() &&
         std::is_sorted(starts_.begin(), starts_.begin() + static_cast<std::ptrdiff_t>(shape_.sparse ? filled_ + 1 : 0)) &&
         (!shape_.sparse || starts_[filled_] <= columns_.size()) && std::all_of(columns_.begin(), columns_.end(), known) &&
         target_.size() == capacity * targets_ && data_target_.size() == target_.size() && weight_.size() == capacity &&
         data_weight_.size() == capacity;
}

template class OnlineBatch<float>;
template class OnlineBatch<double>;

}  // namespace fallline
