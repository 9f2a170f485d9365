// SPDX-License-Identifier: Apache-2.0
// The last gradient seen of each row, and their mean: one number a row for linear models, else a vector.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fallline/optim/methods/finite_sum.hpp"

namespace fallline {

class GradientTable {
 public:
  /// Filled with the gradients at `start`.
  GradientTable(const FiniteSum& sum, std::span<const double> start);

  std::span<const double> mean() const { return mean_; }
  /// Replaces the gradient of `row` by that at theta. change: [n] to fill with the difference.
  void refresh(std::span<const double> theta, std::uint32_t row, std::span<double> change);

  std::vector<StateArray> save() const { return {{"gradients", table_}, {"mean", mean_}}; }
  Result<void> restore(const std::vector<StateArray>& state);

 private:
  const FiniteSum& sum_;
  std::vector<double> table_;
  std::vector<double> mean_;
};

}  // namespace fallline
