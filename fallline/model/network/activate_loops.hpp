// SPDX-License-Identifier: Apache-2.0
// The loops over activations, compiled for several instruction sets.
#pragma once

#include <cstddef>

#include "fallline/math/dual.hpp"
#include "fallline/model/activations.hpp"

namespace fallline::network {

/// y[i], slope[i] of x[i] for i < n.
void activate(const activations::Any& activation, const float* x, std::size_t n, float* y, float* slope);
void activate(const activations::Any& activation, const double* x, std::size_t n, double* y, double* slope);
void activate(const activations::Any& activation, const Dual<double>* x, std::size_t n, Dual<double>* y, Dual<double>* slope);

}  // namespace fallline::network
