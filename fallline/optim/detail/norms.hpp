// SPDX-License-Identifier: Apache-2.0
// Sizes of a tensor, summed in double.
#pragma once

#include <cmath>
#include <span>

namespace fallline::detail {

template <class T>
double square_norm(std::span<const T> values) {
  double sum = 0;
  for (const T value : values) {
    sum += static_cast<double>(value) * static_cast<double>(value);
  }
  return sum;
}

template <class T>
double norm(std::span<const T> values) {
  return std::sqrt(square_norm(values));
}

}  // namespace fallline::detail
