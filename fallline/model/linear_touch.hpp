// SPDX-License-Identifier: Apache-2.0
// One pass of a linear-family model over a batch of sparse rows at the cost of their non-zeros, whatever the width: which parameters the
// rows touch, and at those the mean loss and its gradient, in the bits of LinearPass on a batch that is one shard. In two calls, since
// parameters may have to be caught up before they are read.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "fallline/math/rows.hpp"
#include "fallline/model/loss.hpp"

namespace fallline {

/// theta: [outputs, features] weights, then [outputs] intercepts where `intercept`.
template <class T>
class LinearTouch {
 public:
  /// The views must outlive this; rows are sparse. mean_weight: that of all rows trained on, as in LinearPass.
  LinearTouch(const Rows<T>& rows, const Loss& loss, OutputActivation activation, std::size_t outputs, bool intercept, double mean_weight);

  /// From here on rows are read from these, of the same kind as those before.
  void read(const Rows<T>& rows) { rows_ = rows; }

  /// The parameters that these rows touch, ascending; until the next call.
  std::span<const std::size_t> touch(std::span<const std::uint32_t> order);

  /// Mean loss over the rows of the last touch, and its gradient, a number for each parameter touched.
  double operator()(std::span<const T> theta, std::span<T> gradient);

 private:
  double block(std::size_t first, std::size_t rows, std::span<const T> theta);

  Rows<T> rows_;
  const Loss& loss_;
  OutputActivation activation_;
  std::size_t outputs_;
  bool intercept_;
  double mean_weight_;
  std::vector<std::uint32_t> place_;  // of a column among those touched
  std::span<const std::uint32_t> order_;
  std::vector<std::uint32_t> columns_;  // touched, ascending
  std::vector<std::uint32_t> placed_;   // the columns of the batch's entries, as places
  std::vector<std::size_t> starts_;     // of each row in them
  std::vector<std::size_t> touched_;
  std::vector<double> sum_;  // as touched_
  std::vector<T> scores_;
  std::array<T, largest_block> target_;
  std::array<T, largest_block> weight_;
};

extern template class LinearTouch<float>;
extern template class LinearTouch<double>;

}  // namespace fallline
