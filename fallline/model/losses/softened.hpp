// SPDX-License-Identifier: Apache-2.0
// Losses with a kink, l = max(low r, high r), rounded off over a width w so that methods that need a gradient can work on them (Nesterov
// 2005, "Smooth minimization of non-smooth functions", Mathematical Programming 103):
//   l_w = max over s in [low, high] of s r - w/2 (s - at_zero)^2,   slope s = at_zero + r/w cut to [low, high]
// so that l - w/2 max (s - at_zero)^2 <= l_w <= l: a minimum of l_w bounds that of l from below. No names of the list: kinked losses
// make them (`softened`).
#pragma once

#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

/// r = p - y.
struct SoftResidual {
  static constexpr std::string_view name = "soft_residual";
  static constexpr std::string_view cites = "Nesterov 2005, Mathematical Programming 103";
  static constexpr std::string_view summary = "a loss of residuals whose kink is rounded off";
  static constexpr LossTask task = LossTask::regression;
  static constexpr bool smooth = true;
  static constexpr double curvature = 0;
  static constexpr double degree = 1;
  double low = -1;
  double high = 1;
  double width = 1;

  static constexpr auto fields() { return std::array<Field<SoftResidual>, 0>{}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T r = p - y;
    const T middle = static_cast<T>((low + high) / 2);
    const T half = static_cast<T>((high - low) / 2);
    const T free = r / static_cast<T>(width);
    const T off = free < -half ? -half : (free > half ? half : free);
    return {(middle + off) * r - static_cast<T>(width / 2) * off * off, middle + off};
  }
};

/// r = 1 - y p, low = 0, high = 1, at_zero = 0.
struct SoftMargin {
  static constexpr std::string_view name = "soft_margin";
  static constexpr std::string_view cites = "Nesterov 2005, Mathematical Programming 103";
  static constexpr std::string_view summary = "the hinge with its kink rounded off";
  static constexpr LossTask task = LossTask::binary;
  static constexpr bool smooth = true;
  static constexpr double curvature = 0;
  static constexpr double degree = 0;
  double width = 1;

  static constexpr auto fields() { return std::array<Field<SoftMargin>, 0>{}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T gap = T(1) - y * p;
    const T free = gap / static_cast<T>(width);
    const T s = free < 0 ? T(0) : (free > 1 ? T(1) : free);
    return {s * (gap - static_cast<T>(width / 2) * s), -y * s};
  }
};

}  // namespace fallline::losses
