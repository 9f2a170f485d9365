// SPDX-License-Identifier: Apache-2.0
// What the stages of a chain (chain.hpp) do to gradients and parameters, apart from the loop over coordinates that runs the rule.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "fallline/base/random.hpp"
#include "fallline/optim/parameters.hpp"
#include "fallline/optim/rule_loop.hpp"

namespace fallline::detail {

/// Root of `squared`, the sum of squares of `values`; not finite exactly where a value is not.
template <class T>
double root(double squared, std::span<const T> values, double clip) {
  if (std::isfinite(squared)) {
    return std::sqrt(squared);
  }
  double most = 0;
  for (const T value : values) {
    if (!std::isfinite(value)) {
      return infinity;
    }
    most = std::max(most, std::abs(static_cast<double>(value)));
  }
  double scaled = 0;  // the squares are beyond double, the values are not
  for (const T value : values) {
    const double share = std::min(std::abs(static_cast<double>(value)), clip > 0 ? clip : infinity) / most;
    scaled += share * share;
  }
  return std::min(most * std::sqrt(scaled), std::numeric_limits<double>::max());
}

template <class T>
double length(std::span<const T> values, double clip) {
  return root<T>(sum_squares(values, clip), values, clip);
}

/// 2-norm over all tensors.
template <class T>
double norm(const Parameters<T>& x, double clip) {
  double squared = 0;
  for (std::size_t i = 0; i < x.tensors(); ++i) {
    squared += sum_squares(x.tensor(i), clip);
  }
  return root<T>(squared, x.values(), clip);
}

template <class T>
double squared_distance(std::span<const T> a, std::span<const T> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += d * d;
  }
  return sum;
}

/// Normal noise of variance eta / (1 + t)^decay, t the steps taken before: a function of (seed, step, coordinate). The step counts modulo
/// 2^32.
template <class T>
void add_noise(double eta, double decay, std::uint64_t seed, std::int64_t t, std::span<T> gradient) {
  const double deviation = std::sqrt(eta / std::pow(1 + static_cast<double>(t), decay));
  const Random random(seed, Purpose::gradient_noise, static_cast<std::uint32_t>(t));
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] += static_cast<T>(deviation * random.normal(i));
  }
}

/// The slow weights follow theta by `share` of the way, and theta returns to them.
template <class T>
void look_ahead(double share, std::span<T> slow, std::span<T> theta) {
  for (std::size_t i = 0; i < theta.size(); ++i) {
    slow[i] += static_cast<T>(share) * (theta[i] - slow[i]);
    theta[i] = slow[i];
  }
}

/// mean of `count` vectors -> of these and x.
template <class T>
void add_to_mean(std::span<const T> x, std::int64_t count, std::span<T> mean) {
  const T all = static_cast<T>(count + 1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean[i] += (x[i] - mean[i]) / all;
  }
}

/// average <- kept average + (1 - kept) x.
template <class T>
void decay_towards(std::span<const T> x, double kept, std::span<T> average) {
  const T keep = static_cast<T>(kept);
  const T take = static_cast<T>(1 - kept);
  for (std::size_t i = 0; i < x.size(); ++i) {
    average[i] = keep * average[i] + take * x[i];
  }
}

}  // namespace fallline::detail
