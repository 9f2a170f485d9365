// SPDX-License-Identifier: Apache-2.0
// Dense products of row-major matrices by BLAS, one thread a call: c = a b (+ c), each factor as it stands or transposed. Without BLAS (for
// the browser, or with FALLLINE_BLAS off) plain loops do the same.
#pragma once

#include "fallline/base/views.hpp"
#include "fallline/math/dual.hpp"

namespace fallline {

enum class Factor { plain, transposed };

/// c: [m, n] += or = op(a) op(b), op(a): [m, k], op(b): [k, n].
void gemm(Factor a_is, Mat<const float> a, Factor b_is, Mat<const float> b, bool add, Mat<float> c);
void gemm(Factor a_is, Mat<const double> a, Factor b_is, Mat<const double> b, bool add, Mat<double> c);
/// Of duals by three products of plain numbers.
void gemm(Factor a_is, Mat<const Dual<double>> a, Factor b_is, Mat<const Dual<double>> b, bool add, Mat<Dual<double>> c);

/// What multiplies where tiles are not faster: the kernel that BLAS picked ("SkylakeX"), "tiles" all the same under a pinned instruction
/// set, or "plain" without BLAS.
const char* gemm_kernel();

}  // namespace fallline
