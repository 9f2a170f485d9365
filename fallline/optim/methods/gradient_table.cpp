// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/gradient_table.hpp"

#include <algorithm>

namespace fallline {

GradientTable::GradientTable(const FiniteSum& sum, std::span<const double> start)
    : sum_(sum), table_(sum.rows * (sum.linear() ? 1 : start.size())), mean_(start.size()) {
  std::vector<double> change(start.size());
  for (std::uint32_t row = 0; row < sum.rows; ++row) {
    refresh(start, row, change);
  }
}

Result<void> GradientTable::restore(const std::vector<StateArray>& state) {
  if (state.size() != 2 || state[0].values.size() != table_.size() || state[1].values.size() != mean_.size()) {
    return data_error("The saved state is not one of a table of gradients of these rows and parameters.");
  }
  table_ = state[0].values;
  mean_ = state[1].values;
  return {};
}

void GradientTable::refresh(std::span<const double> theta, std::uint32_t row, std::span<double> change) {
  std::fill(change.begin(), change.end(), 0.0);
  if (sum_.linear()) {
    const double slope = sum_.slope(theta, row);
    sum_.add_row(row, slope - table_[row], change);
    table_[row] = slope;
  } else {
    sum_.value_and_gradient(theta, {&row, 1}, change);
    double* const old = table_.data() + row * theta.size();
    for (std::size_t j = 0; j < theta.size(); ++j) {
      const double gradient = change[j];
      change[j] -= old[j];
      old[j] = gradient;
    }
  }
  for (std::size_t j = 0; j < theta.size(); ++j) {
    mean_[j] += change[j] / static_cast<double>(sum_.rows);
  }
}

}  // namespace fallline
