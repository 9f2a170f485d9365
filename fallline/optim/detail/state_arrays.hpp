// SPDX-License-Identifier: Apache-2.0
// Between the numbers of an optimiser and the arrays of doubles that its state is saved as.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace fallline::detail {

template <class T>
std::vector<double> widened(const std::vector<T>& values) {
  return {values.begin(), values.end()};
}

/// to: as long as `from`.
template <class T>
void narrow(const std::vector<double>& from, std::vector<T>& to) {
  std::transform(from.begin(), from.end(), to.begin(), [](double x) { return static_cast<T>(x); });
}

/// Whether a saved number can have been a count of steps.
inline bool is_count(double x) { return x >= 0 && x <= 0x1p53 && x == std::floor(x); }

}  // namespace fallline::detail
