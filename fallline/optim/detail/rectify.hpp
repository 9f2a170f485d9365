// SPDX-License-Identifier: Apache-2.0
// How far the mean square of Adam can be trusted after t steps: rho_t, the length of the plain average that says as much, and the factor r
// that makes up for its spread.
//   rho = 2/(1 - beta2) - 1;   rho_t = rho - 2 t beta2^t / (1 - beta2^t);   r^2 = (rho_t - 4)(rho_t - 2) rho / ((rho - 4)(rho - 2) rho_t)
// Liu et al. 2019, Algorithm 2. r is defined for rho_t > 4 and 0 below.
#pragma once

#include <cmath>
#include <cstdint>

namespace fallline::detail {

struct Rectification {
  double length;
  double factor;
};

inline Rectification rectify(double beta2, std::int64_t t) {
  const double steps = static_cast<double>(t);
  const double power = std::pow(beta2, steps);
  const double most = 2 / (1 - beta2) - 1;
  const double length = most - 2 * steps * power / (1 - power);
  const double squared = length > 4 ? (length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length) : 0;
  return {length, std::sqrt(squared)};
}

}  // namespace fallline::detail
