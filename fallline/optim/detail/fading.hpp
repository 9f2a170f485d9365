// SPDX-License-Identifier: Apache-2.0
// How the steps of a mean gradient, divided by the root of a mean square, die away once gradients are zero.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace fallline::detail {

/// The sum of all later steps over the present one at most, after step t: the mean keeps beta1 of itself a step and the mean square beta2,
/// whose correction for its start still falls.
inline double fading_ratio(double beta1, double beta2, std::int64_t t) {
  const double ratio = beta1 / std::sqrt(beta2);
  const double correction = beta2 < 1 ? 1 - std::pow(beta2, static_cast<double>(t)) : 1;
  return ratio < 1 ? ratio / (1 - ratio) / std::sqrt(correction) : std::numeric_limits<double>::infinity();
}

}  // namespace fallline::detail
