// SPDX-License-Identifier: Apache-2.0
// Jet: a value of two coordinates together with its exact derivatives, so that a landscape tells its formula once. Sums and products follow
// the product rule, functions the chain rule: nothing is approximated. Order 1 carries the gradient, order 2 the second derivatives too.
#pragma once

#include <cmath>

namespace fallline {

template <int order>
struct Jet {
  double value = 0;
  double x = 0;  // d/dx
  double y = 0;
  double xx = 0;  // d2/dx2; second derivatives stay 0 where order is 1
  double xy = 0;
  double yy = 0;
};

template <int order>
constexpr Jet<order> operator+(const Jet<order>& a, const Jet<order>& b) {
  return {a.value + b.value, a.x + b.x, a.y + b.y, a.xx + b.xx, a.xy + b.xy, a.yy + b.yy};
}

template <int order>
constexpr Jet<order> operator*(double k, const Jet<order>& a) {
  return {k * a.value, k * a.x, k * a.y, k * a.xx, k * a.xy, k * a.yy};
}

template <int order>
constexpr Jet<order> operator*(const Jet<order>& a, const Jet<order>& b) {
  Jet<order> product{a.value * b.value, a.x * b.value + a.value * b.x, a.y * b.value + a.value * b.y};
  if constexpr (order == 2) {
    product.xx = a.xx * b.value + 2 * a.x * b.x + a.value * b.xx;
    product.xy = a.xy * b.value + a.x * b.y + a.y * b.x + a.value * b.xy;
    product.yy = a.yy * b.value + 2 * a.y * b.y + a.value * b.yy;
  }
  return product;
}

template <int order>
constexpr Jet<order> operator-(const Jet<order>& a) {
  return -1.0 * a;
}
template <int order>
constexpr Jet<order> operator-(const Jet<order>& a, const Jet<order>& b) {
  return a + -b;
}
template <int order>
constexpr Jet<order> operator+(const Jet<order>& a, double k) {
  Jet<order> sum = a;
  sum.value += k;
  return sum;
}
template <int order>
constexpr Jet<order> operator+(double k, const Jet<order>& a) {
  return a + k;
}
template <int order>
constexpr Jet<order> operator-(const Jet<order>& a, double k) {
  return a + -k;
}
template <int order>
constexpr Jet<order> operator-(double k, const Jet<order>& a) {
  return -a + k;
}

/// f(a) where f, its slope and its curvature at a.value are known.
template <int order>
Jet<order> chain(const Jet<order>& a, double value, double slope, double curvature) {
  Jet<order> out{value, slope * a.x, slope * a.y};
  if constexpr (order == 2) {
    out.xx = slope * a.xx + curvature * a.x * a.x;
    out.xy = slope * a.xy + curvature * a.x * a.y;
    out.yy = slope * a.yy + curvature * a.y * a.y;
  }
  return out;
}

template <int order>
Jet<order> sin(const Jet<order>& a) {
  const double s = std::sin(a.value);
  return chain(a, s, std::cos(a.value), -s);
}
template <int order>
Jet<order> cos(const Jet<order>& a) {
  const double c = std::cos(a.value);
  return chain(a, c, -std::sin(a.value), -c);
}
template <int order>
Jet<order> exp(const Jet<order>& a) {
  const double e = std::exp(a.value);
  return chain(a, e, e, e);
}

/// For a number as for a jet.
template <class T>
constexpr T square(const T& a) {
  return a * a;
}

}  // namespace fallline
