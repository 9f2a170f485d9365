// SPDX-License-Identifier: Apache-2.0
// Dense products for small factors: tiles of c stay in registers while a and b stream past where they lie. BLAS copies both into its own
// order first, which products of a mini-batch do not pay back.
#pragma once

#include "fallline/base/views.hpp"

namespace fallline {

/// c = op(a) b (+ c), op(a) being a or, where told so, its transpose.
void multiply_in_tiles(bool a_transposed, Mat<const float> a, Mat<const float> b, bool add, Mat<float> c);
void multiply_in_tiles(bool a_transposed, Mat<const double> a, Mat<const double> b, bool add, Mat<double> c);

}  // namespace fallline
