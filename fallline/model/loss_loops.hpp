// SPDX-License-Identifier: Apache-2.0
// The loops over a block of scores for each loss, compiled for several instruction sets. See Loss::block for shapes.
#pragma once

#include <cstddef>

#include "fallline/math/dual.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/model/losses.hpp"

namespace fallline {

double loss_block(const losses::Any& loss, OutputActivation activation, const float* target, const float* weight, std::size_t rows,
                  std::size_t outputs, float* scores);
double loss_block(const losses::Any& loss, OutputActivation activation, const double* target, const double* weight, std::size_t rows,
                  std::size_t outputs, double* scores);
/// With the derivative of value and slopes along one direction.
Dual<double> loss_block(const losses::Any& loss, OutputActivation activation, const Dual<double>* target, const Dual<double>* weight,
                        std::size_t rows, std::size_t outputs, Dual<double>* scores);

}  // namespace fallline
