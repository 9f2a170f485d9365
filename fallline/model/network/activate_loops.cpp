// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/network/activate_loops.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fallline/model/network/activate_loops.cpp"
#include "fallline/math/targets.hpp"
//
#include <hwy/foreach_target.h>  // IWYU pragma: keep
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace fallline::HWY_NAMESPACE {

template <class T>
void activate_all(const activations::Any& any, const T* x, std::size_t n, T* y, T* slope) {
  activations::visit(any, [&](const auto& activation) {
    const auto own = activation;  // a copy, so that the compiler need not fear that y changes it
    for (std::size_t i = 0; i < n; ++i) {
      const ActivationAt<T> at = own.at(x[i]);
      y[i] = at.value;
      slope[i] = at.slope;
    }
  });
}

void activate_float(const activations::Any& any, const float* x, std::size_t n, float* y, float* slope) {
  activate_all(any, x, n, y, slope);
}
void activate_double(const activations::Any& any, const double* x, std::size_t n, double* y, double* slope) {
  activate_all(any, x, n, y, slope);
}
void activate_dual(const activations::Any& any, const Dual<double>* x, std::size_t n, Dual<double>* y, Dual<double>* slope) {
  activate_all(any, x, n, y, slope);
}

}  // namespace fallline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fallline {

namespace network {

void activate(const activations::Any& activation, const float* x, std::size_t n, float* y, float* slope) {
  FALLLINE_DISPATCH(activate_float)(activation, x, n, y, slope);
}
void activate(const activations::Any& activation, const double* x, std::size_t n, double* y, double* slope) {
  FALLLINE_DISPATCH(activate_double)(activation, x, n, y, slope);
}
void activate(const activations::Any& activation, const Dual<double>* x, std::size_t n, Dual<double>* y, Dual<double>* slope) {
  FALLLINE_DISPATCH(activate_dual)(activation, x, n, y, slope);
}

}  // namespace network
}  // namespace fallline
#endif  // HWY_ONCE
