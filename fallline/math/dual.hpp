// SPDX-License-Identifier: Apache-2.0
// Dual<T>: a number with its derivative along one direction. Code written for T computes exact directional derivatives when it is run on
// Dual<T>: gradients become Hessian-vector products (Pearlmutter 1994; Griewank & Walther 2008, chapter 3).
#pragma once

#include <type_traits>

#include "fallline/math/elementary.hpp"

namespace fallline {

template <class T>
struct Dual {
  T value = 0;
  T tangent = 0;

  constexpr Dual() = default;
  constexpr Dual(T v, T t) : value(v), tangent(t) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  constexpr explicit Dual(Number v) : value(static_cast<T>(v)) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  explicit operator Number() const {
    return static_cast<Number>(value);
  }

  friend Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.tangent + b.tangent}; }
  friend Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.tangent - b.tangent}; }
  friend Dual operator-(Dual a) { return {-a.value, -a.tangent}; }
  friend Dual operator*(Dual a, Dual b) { return {a.value * b.value, a.tangent * b.value + a.value * b.tangent}; }
  friend Dual operator/(Dual a, Dual b) {
    const T quotient = a.value / b.value;
    return {quotient, (a.tangent - quotient * b.tangent) / b.value};
  }
  Dual& operator+=(Dual b) { return *this = *this + b; }
  Dual& operator-=(Dual b) { return *this = *this - b; }
  Dual& operator*=(Dual b) { return *this = *this * b; }
  Dual& operator/=(Dual b) { return *this = *this / b; }
  friend bool operator<(Dual a, Dual b) { return a.value < b.value; }
  friend bool operator>(Dual a, Dual b) { return a.value > b.value; }
  friend bool operator<=(Dual a, Dual b) { return a.value <= b.value; }
  friend bool operator>=(Dual a, Dual b) { return a.value >= b.value; }
  friend bool operator==(Dual a, Dual b) { return a.value == b.value; }
  friend bool operator<(Dual a, T b) { return a.value < b; }
  friend bool operator>(Dual a, T b) { return a.value > b; }
};

template <class T>
Dual<T> fast_exp(Dual<T> x) {
  const T e = fast_exp(x.value);
  return {e, e * x.tangent};
}

template <class T>
Dual<T> fast_log(Dual<T> x) {
  return {fast_log(x.value), x.tangent / x.value};
}

template <class T>
Dual<T> fast_sqrt(Dual<T> x) {
  const T root = fast_sqrt(x.value);
  return {root, x.tangent / (T(2) * root)};
}

/// The numbers that a Dual is made of; a plain number itself.
template <class T>
struct RealOf {
  using type = T;
};
template <class T>
struct RealOf<Dual<T>> {
  using type = T;
};
template <class T>
using real_of = typename RealOf<T>::type;

/// What many numbers of type T are summed in.
template <class T>
using sum_of = std::conditional_t<std::is_arithmetic_v<T>, double, T>;

}  // namespace fallline
