// SPDX-License-Identifier: Apache-2.0
// exp, log and log1p without branches, so that loops over them vectorise, and without libm, which picks its code by the CPU: the same bits
// on every machine of one instruction set. Errors stay within 2 units in the last place (tested over the whole range).
// Sources: argument reduction after Cody & Waite (1980); log by the series in (m - 1) / (m + 1) as in Sun's fdlibm (1993).
#pragma once

#include <bit>
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
  const T z = fast_exp(x < 0 ? x : -x);
  return (x < 0 ? z : T(1)) / (T(1) + z);
}

/// log(1 + e^x) without overflow.
template <class T>
inline T softplus(T x) {
  return fast_log1p(fast_exp(x < 0 ? x : -x)) + (x < 0 ? T(0) : x);
}

}  // namespace fallline
