// SPDX-License-Identifier: Apache-2.0
// The rows of the step that comes next, copied out of wherever they came from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fallline/math/rows.hpp"
#include "fallline/train/problem.hpp"

namespace fallline {

/// features, sparse: of the encoded rows. deviations: of numbers that are predicted, one a target, for losses told in units of it.
/// mean_weight: the weight that counts as 1.
struct OnlineShape {
  std::size_t features = 0;
  bool sparse = false;
  std::vector<double> deviations = {};
  double mean_weight = 1;
};

template <class T>
class OnlineBatch {
 public:
  OnlineBatch(const OnlineShape& shape, const Problem<T>& problem, std::size_t targets, std::size_t capacity);

  void add(const Rows<T>& rows, std::size_t row);
  void clear() { filled_ = 0; }

  std::size_t size() const { return filled_; }
  bool full() const { return filled_ == order_.size(); }
  /// The rows that wait for the step.
  std::span<const std::uint32_t> order() const { return std::span(order_).first(filled_); }

  /// Room for all rows of a batch, targets in internal units, weights in units of the mean weight.
  Rows<T> view() const;
  /// In the units of the data.
  double target(std::size_t row, std::size_t k) const { return data_target_[row * targets_ + k]; }
  double weight(std::size_t row) const { return data_weight_[row]; }

  template <class Archive>
  void state(Archive& archive) {
    archive("batch.rows", filled_);
    archive("batch.dense", dense_);
    archive("batch.starts", starts_);
    archive("batch.columns", columns_);
    archive("batch.values", values_);
    archive("batch.target", target_);
    archive("batch.weight", weight_);
    archive("batch.data_target", data_target_);
    archive("batch.data_weight", data_weight_);
  }
  /// Whether what was restored can be rows of this shape.
  bool sound() const;

 private:
  OnlineShape shape_;
  std::size_t targets_;
  std::size_t stride_;
  std::vector<double> centers_;
  std::vector<double> spreads_;
  std::size_t filled_ = 0;
  std::vector<std::uint32_t> order_;  // 0, 1, 2, ...
  std::vector<T> dense_;
  std::vector<std::uint64_t> starts_;
  std::vector<std::uint32_t> columns_;
  std::vector<T> values_;
  std::vector<T> target_;
  std::vector<T> weight_;
  std::vector<double> data_target_;
  std::vector<double> data_weight_;
};

extern template class OnlineBatch<float>;
extern template class OnlineBatch<double>;

}  // namespace fallline
