// SPDX-License-Identifier: Apache-2.0
// IEEE half precision: one bit of sign, five of exponent (bias 15), ten of fraction.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace fallline {

inline double half_to_double(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 0x1F;
  const int fraction = bits & 0x3FF;
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  if (exponent == 0x1F) {
    return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  }
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25));
}

}  // namespace fallline
