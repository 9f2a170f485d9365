// SPDX-License-Identifier: Apache-2.0
// exp, log and log1p without branches, so that loops over them vectorise, and without libm, which picks its code by the CPU: the same bits
// on every machine of one instruction set. Errors stay within 2 units in the last place (tested over the whole range).
// Sources: argument reduction after Cody & Waite (1980); log by the series in (m - 1) / (m + 1) as in Sun's fdlibm (1993).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace fallline {

namespace detail {

inline float power_of_two(std::int32_t n) { return std::bit_cast<float>((n + 127) << 23); }
inline double power_of_two(std::int64_t n) { return std::bit_cast<double>((n + 1023) << 52); }

/// Constants that depend on the type; `magic` rounds to a whole number when added and taken away again.
template <class T>
struct Elementary;

template <>
struct Elementary<float> {
  using Int = std::int32_t;
  static constexpr float magic = 0x1.8p23F;
  static constexpr float ln2_high = 0.693359375F;
  static constexpr float ln2_low = -2.12194440e-4F;
  static constexpr float lowest = -104;
  static constexpr float highest = 89;
  static constexpr int mantissa = 23;
  static constexpr Int half_root = 0x3f3504f3;  // the bits of sqrt(1/2)
  static constexpr Int one = 0x3f800000;
  static float exp_tail(float r) {  // (e^r - 1 - r) / r^2
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    return p * r + 5.0000001201e-1F;
  }
  static float log_tail(float z) {  // 2/3 z + 2/5 z^2 + ..., z = s^2
    float p = 0.24279078841F;
    p = p * z + 0.28498786688F;
    p = p * z + 0.40000972152F;
    return z * (p * z + 0.66666662693F);
  }
};

template <>
struct Elementary<double> {
  using Int = std::int64_t;
  static constexpr double magic = 0x1.8p52;
  static constexpr double ln2_high = 6.93147180369123816490e-01;
  static constexpr double ln2_low = 1.90821492927058770002e-10;
  static constexpr double lowest = -746;
  static constexpr double highest = 710;
  static constexpr int mantissa = 52;
  static constexpr Int half_root = 0x3fe6a09e667f3bcd;
  static constexpr Int one = 0x3ff0000000000000;
  static double exp_tail(double r) {
    double p = 1.0 / 87178291200;
    p = p * r + 1.0 / 6227020800;
    p = p * r + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    return p * r + 0.5;
  }
  static double log_tail(double z) {
    double p = 1.479819860511658591e-01;
    p = p * z + 1.531383769920937332e-01;
    p = p * z + 1.818357216161805012e-01;
    p = p * z + 2.222219843214978396e-01;
    p = p * z + 2.857142874366239149e-01;
    p = p * z + 3.999999999940941908e-01;
    return z * (p * z + 6.666666666666735130e-01);
  }
};

}  // namespace detail

/// e^x; 0 and infinity beyond the range of T, NaN for NaN.
template <class T>
inline T fast_exp(T x) {
  using E = detail::Elementary<T>;
  using Int = typename E::Int;
  T inside = x < E::lowest ? E::lowest : x;
  inside = inside > E::highest ? E::highest : inside;
  const T shifted = inside * T(1.4426950408889634) + E::magic;
  const T n = shifted - E::magic;
  const Int whole = std::bit_cast<Int>(shifted) - std::bit_cast<Int>(E::magic);
  const T r = (inside - n * E::ln2_high) - n * E::ln2_low;
  const T mantissa = (r * r) * E::exp_tail(r) + r + T(1);
  const Int half = whole / 2;  // two factors, so that results near the ends of the range are right
  return mantissa * detail::power_of_two(half) * detail::power_of_two(Int(whole - half));
}

/// Square root; the hardware's, which is exact.
inline float fast_sqrt(float x) { return __builtin_sqrtf(x); }
inline double fast_sqrt(double x) { return __builtin_sqrt(x); }

/// Natural logarithm of a positive, normal x.
template <class T>
inline T fast_log(T x) {
  using E = detail::Elementary<T>;
  using Int = typename E::Int;
  using Bits = std::make_unsigned_t<Int>;  // NaN's bits are so large that a signed sum would overflow
  const Int bits = static_cast<Int>(static_cast<Bits>(std::bit_cast<Int>(x)) + static_cast<Bits>(E::one - E::half_root));
  const Int k = (bits >> E::mantissa) - (E::one >> E::mantissa);
  const T m = std::bit_cast<T>(Int((bits & ((Int(1) << E::mantissa) - 1)) + E::half_root));  // in [sqrt(1/2), sqrt(2))
  const T f = m - T(1);
  const T s = f / (T(2) + f);
  const T tail = E::log_tail(s * s);
  const T half_square = T(0.5) * f * f;
  const T e = static_cast<T>(k);
  return e * E::ln2_high - ((half_square - (s * (half_square + tail) + e * E::ln2_low)) - f);
}

/// log(1 + z) for z >= 0, accurate for tiny z.
template <class T>
inline T fast_log1p(T z) {
  const T u = T(1) + z;
  return fast_log(u) + (z - (u - T(1))) / u;
}

/// 1 / (1 + e^-x) without overflow.
template <class T>
inline T sigmoid(T x) {
  const T z = fast_exp(x < T(0) ? x : -x);
  return (x < T(0) ? z : T(1)) / (T(1) + z);
}

/// (e^x - e^-x) / (e^x + e^-x) without overflow; near 0 by the odd series, where the quotient would cancel.
template <class T>
inline T fast_tanh(T x) {
  const T z = fast_exp(T(-2) * (x < T(0) ? -x : x));
  const T far = (T(1) - z) / (T(1) + z);
  const T s = x * x;
  T near = T(-1382.0 / 155925);
  near = near * s + T(62.0 / 2835);
  near = near * s + T(-17.0 / 315);
  near = near * s + T(2.0 / 15);
  near = near * s + T(-1.0 / 3);
  near = x + x * s * near;
  return s < T(0.0025) ? near : (x < T(0) ? -far : far);
}

/// e^x - 1 for x <= 0, accurate near 0.
template <class T>
inline T fast_expm1(T x) {
  const T t = fast_tanh(T(0.5) * x);
  return T(2) * t / (T(1) - t);
}

/// Error function, by erfc(z) = t exp(p(t) - z^2), t = 2 / (2 + z), with p a Chebyshev series fitted to erfc: the form of Press et al.,
/// Numerical Recipes (2007), section 6.2.2. Absolute error below 4e-15 in double, 2e-7 in float.
template <class T>
inline T fast_erf(T x) {
  constexpr std::array<double, 26> series = {
      -0.65132685989085459,    0.6419697923564901,      0.01947647320418593,     -0.009561514786808889,   -0.00094659534448178484,
      0.0003668394978526379,   4.2523324807344221e-05,  -2.0278578112584711e-05, -1.6242900046581355e-06, 1.3036558354961869e-06,
      1.5626441842719884e-08,  -8.5238096279027783e-08, 6.5290546791274548e-09,  5.0593435529933122e-09,  -9.9136387099463263e-10,
      -2.2736516447352529e-10, 9.6468264487725719e-11,  2.3941737481436575e-12,  -6.8861227831007455e-12, 8.9415586046470709e-13,
      3.1321611970724919e-13,  -1.127586912730294e-13,  6.9722005946459833e-16,  6.6935346154650687e-15,  -1.1945999744966684e-15,
      -6.9944050551384863e-17};
  constexpr std::size_t terms = sizeof(T) == sizeof(float) ? 14 : series.size();
  const T z = x < T(0) ? -x : x;
  const T t = T(2) / (T(2) + z);
  const T y = T(2) * (T(2) * t - T(1));
  T last = T(0);
  T next = T(0);
  for (std::size_t j = terms - 1; j > 0; --j) {  // Clenshaw's recurrence
    const T sum = y * last - next + T(series[j]);
    next = last;
    last = sum;
  }
  const T p = T(0.5) * y * last - next + T(series[0]);
  const T rest = t * fast_exp(p - z * z);
  return x < T(0) ? rest - T(1) : T(1) - rest;
}

/// log(1 + e^x) without overflow.
template <class T>
inline T softplus(T x) {
  return fast_log1p(fast_exp(x < T(0) ? x : -x)) + (x < T(0) ? T(0) : x);
}

}  // namespace fallline
