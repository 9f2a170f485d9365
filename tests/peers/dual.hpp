// SPDX-License-Identifier: Apache-2.0
// Dual: a number and its derivative along one direction. A function written once for any number gives its exact gradient, one pass a
// coordinate; quick enough for the small functions of these cases.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "fallline/optim/objective.hpp"

namespace peers {

struct Dual {
  double v = 0;
  double d = 0;
  Dual() = default;
  Dual(double value, double slope = 0) : v(value), d(slope) {}  // NOLINT(google-explicit-constructor)
};

inline Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
inline Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
inline Dual operator-(Dual a) { return {-a.v, -a.d}; }
inline Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
inline Dual operator/(Dual a, Dual b) { return {a.v / b.v, (a.d - a.v / b.v * b.d) / b.v}; }
inline Dual& operator+=(Dual& a, Dual b) { return a = a + b; }
inline Dual exp(Dual a) { return {std::exp(a.v), std::exp(a.v) * a.d}; }
inline Dual log(Dual a) { return {std::log(a.v), a.d / a.v}; }
inline Dual sin(Dual a) { return {std::sin(a.v), std::cos(a.v) * a.d}; }
inline Dual cos(Dual a) { return {std::cos(a.v), -std::sin(a.v) * a.d}; }
inline Dual atan(Dual a) { return {std::atan(a.v), a.d / (1 + a.v * a.v)}; }
inline Dual abs(Dual a) { return a.v < 0 ? -a : a; }
inline Dual sqrt(Dual a) { return {std::sqrt(a.v), a.v > 0 ? a.d / (2 * std::sqrt(a.v)) : 0}; }
inline Dual square(Dual a) { return a * a; }

using Point = std::vector<Dual>;

/// What minimize takes, from a function of a Point.
template <class F>
fallline::Objective objective(F f) {
  return [f](std::span<const double> x, std::span<double> gradient) {
    Point at(x.begin(), x.end());
    double value = 0;
    for (std::size_t j = 0; j < at.size(); ++j) {
      at[j].d = 1;
      const Dual result = f(at);
      value = result.v;
      gradient[j] = result.d;
      at[j].d = 0;
    }
    return value;
  };
}

}  // namespace peers
