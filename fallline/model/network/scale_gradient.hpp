// SPDX-License-Identifier: Apache-2.0
// The gradient of gain and shift in y = gain normal + shift, which both normalisations share.
#pragma once

#include <algorithm>
#include <span>

#include "fallline/base/views.hpp"

namespace fallline::network {

/// normal: [rows, width] as dy. into: [2 width], the gains before the shifts; added to where `add`.
template <class T>
void scale_gradient(const T* normal, Mat<const T> dy, bool add, std::span<T> into) {
  const std::size_t width = dy.cols();
  if (!add) {
    std::fill(into.begin(), into.end(), T(0));
  }
  for (std::size_t i = 0; i < dy.rows(); ++i) {
    const T* slope = dy.row(i).data();
    for (std::size_t j = 0; j < width; ++j) {
      into[j] += slope[j] * normal[i * width + j];
      into[width + j] += slope[j];
    }
  }
}

}  // namespace fallline::network
