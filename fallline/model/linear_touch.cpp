// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/linear_touch.hpp"

#include <algorithm>
#include <limits>

#include "fallline/base/expects.hpp"
#include "fallline/math/kernels.hpp"

namespace fallline {

namespace {
constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
}  // namespace

template <class T>
LinearTouch<T>::LinearTouch(const Rows<T>& rows, const Loss& loss, OutputActivation activation, std::size_t outputs, bool intercept,
                            double mean_weight)
    : rows_(rows),
      loss_(loss),
      activation_(activation),
      outputs_(outputs),
      intercept_(intercept),
      mean_weight_(mean_weight),
      place_(rows.features, nowhere),
      scores_(outputs * largest_block) {
  expects(rows.sparse, "rows that touch few parameters are sparse");
}

template <class T>
std::span<const std::size_t> LinearTouch<T>::touch(std::span<const std::uint32_t> order) {
  rows_.about_to_read(order.size());
  order_ = order;
  for (const std::uint32_t column : columns_) {
    place_[column] = nowhere;
  }
  columns_.clear();
  for (const std::uint32_t row : order) {
    for (std::uint64_t k = rows_.starts[row]; k < rows_.starts[row + 1]; ++k) {
      std::uint32_t& place = place_[rows_.columns[k]];
      if (place == nowhere) {
        place = 0;
        columns_.push_back(rows_.columns[k]);
      }
    }
  }
  std::sort(columns_.begin(), columns_.end());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    place_[columns_[i]] = static_cast<std::uint32_t>(i);
  }
  placed_.clear();
  starts_.clear();
  for (const std::uint32_t row : order) {
    starts_.push_back(placed_.size());
    for (std::uint64_t k = rows_.starts[row]; k < rows_.starts[row + 1]; ++k) {
      placed_.push_back(place_[rows_.columns[k]]);
    }
  }
  touched_.clear();
  for (std::size_t c = 0; c < outputs_; ++c) {
    for (const std::uint32_t column : columns_) {
      touched_.push_back(c * rows_.features + column);
    }
  }
  for (std::size_t c = 0; c < (intercept_ ? outputs_ : 0); ++c) {
    touched_.push_back(outputs_ * rows_.features + c);
  }
  return touched_;
}

/// Adds the rows' gradients to the sums; their loss.
template <class T>
double LinearTouch<T>::block(std::size_t first, std::size_t rows, std::span<const T> theta) {
  const std::span<const std::uint32_t> order = order_.subspan(first, rows);
  const std::size_t n = rows_.features;
  for (std::size_t i = 0; i < rows; ++i) {
    target_[i] = rows_.target[order[i]];
    weight_[i] = rows_.weight.empty() ? T(1) : rows_.weight[order[i]];
    const std::uint64_t from = rows_.starts[order[i]];
    const std::size_t count = rows_.starts[order[i] + 1] - from;
    for (std::size_t c = 0; c < outputs_; ++c) {
      const T b = intercept_ ? theta[outputs_ * n + c] : T(0);
      scores_[c * rows + i] = dot_sparse(rows_.columns.data() + from, rows_.values.data() + from, count, theta.data() + c * n) + b;
    }
  }
  const T* weight = rows_.weight.empty() ? nullptr : weight_.data();
  const double loss = loss_.block(activation_, target_.data(), weight, rows, outputs_, scores_.data());
  for (std::size_t c = 0; c < outputs_; ++c) {
    double* sum = sum_.data() + c * columns_.size();
    for (std::size_t i = 0; i < rows; ++i) {
      const std::uint64_t from = rows_.starts[order[i]];
      const T slope = scores_[c * rows + i];
      add_sparse(placed_.data() + starts_[first + i], rows_.values.data() + from, rows_.starts[order[i] + 1] - from, slope, sum);
      if (intercept_) {
        sum_[outputs_ * columns_.size() + c] += static_cast<double>(slope);
      }
    }
  }
  return loss;
}

template <class T>
double LinearTouch<T>::operator()(std::span<const T> theta, std::span<T> gradient) {
  expects(!order_.empty(), "a batch has rows");
  expects(gradient.size() == touched_.size(), "a gradient has a number for each parameter touched");
  sum_.assign(touched_.size(), 0);
  double loss = 0;
  for (std::size_t first = 0; first < order_.size(); first += largest_block) {
    loss += block(first, std::min(largest_block, order_.size() - first), theta);
  }
  const double scale = 1 / (static_cast<double>(order_.size()) * mean_weight_);
  std::transform(sum_.begin(), sum_.end(), gradient.begin(), [&](double x) { return static_cast<T>(x * scale); });
  return loss * scale;
}

template class LinearTouch<float>;
template class LinearTouch<double>;

}  // namespace fallline
