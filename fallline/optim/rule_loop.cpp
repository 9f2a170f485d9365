// SPDX-License-Identifier: Apache-2.0
// This file is compiled once for each instruction set (foreach_target includes it again and again); plain loops, which the compiler
// vectorises. The formulas are inlined into them: a call for each coordinate would cost more than the formula.
#if defined(__wasm__)
#define HWY_NAMESPACE plain
#define HWY_ATTR
#define HWY_BEFORE_NAMESPACE() static_assert(true)
#define HWY_AFTER_NAMESPACE() static_assert(true)
#else
#include "fallline/math/targets.hpp"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fallline/optim/rule_loop.cpp"
#include <hwy/foreach_target.h>  // first
#include <hwy/highway.h>
#endif

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fallline/optim/rule_loop.hpp"
#include "fallline/optim/rules.hpp"

HWY_BEFORE_NAMESPACE();
namespace fallline {
namespace HWY_NAMESPACE {

template <class T>
HWY_ATTR void prepare(const Stages& stages, const T* __restrict theta, T* __restrict g, std::size_t n) {
  if (stages.clip_value > 0) {
    const T most = static_cast<T>(stages.clip_value);
    for (std::size_t i = 0; i < n; ++i) {
      const T low = g[i] < -most ? -most : g[i];
      g[i] = low > most ? most : low;
    }
  }
  if (stages.factor != 1) {
    const T factor = static_cast<T>(stages.factor);
    for (std::size_t i = 0; i < n; ++i) {
      g[i] *= factor;
    }
  }
  if (stages.l2 > 0) {
    const T l2 = static_cast<T>(stages.l2);
    for (std::size_t i = 0; i < n; ++i) {
      g[i] += l2 * theta[i];
    }
  }
}

template <class T>
HWY_ATTR void decay(const Stages& stages, T* __restrict theta, std::size_t n) {
  if (stages.shrink != 0) {
    const T shrink = static_cast<T>(stages.shrink);
    for (std::size_t i = 0; i < n; ++i) {
      theta[i] -= shrink * theta[i];
    }
  }
}

/// extra: the metric, where the proximal step wants it, else how far theta has moved.
template <bool WithMetric, class T, class Formula, class... Slot>
[[gnu::flatten]] HWY_ATTR void descend(const Formula formula, T* __restrict theta, const T* __restrict g, T* __restrict extra,
                                       std::size_t n, Slot* __restrict... slots) {
  for (std::size_t i = 0; i < n; ++i) {
    const T at = theta[i];
    const Update<T> update = formula(at, g[i], slots[i]...);
    const T next = at - update.delta;
    theta[i] = next;
    extra[i] = WithMetric ? update.metric : next - at;
  }
}

template <class T>
[[gnu::flatten]] HWY_ATTR void soften(const Stages& stages, const T* __restrict metric, T* __restrict theta, std::size_t n) {
  const T penalty = static_cast<T>(stages.l1);
  const T within = soft_within<T>(stages);
  for (std::size_t i = 0; i < n; ++i) {
    theta[i] = soft(theta[i], metric[i] * penalty, within);
  }
}

template <class T>
[[gnu::flatten]] HWY_ATTR void settle_all(double l1, const T* __restrict metric, T* __restrict theta, T* __restrict due, T* __restrict paid,
                                          std::size_t n) {
  const T penalty = static_cast<T>(l1);
  for (std::size_t i = 0; i < n; ++i) {
    theta[i] = settle(theta[i], metric[i] * penalty, due[i], paid[i]);
  }
}

template <class T>
HWY_ATTR void measure_from(const T* __restrict before, const T* __restrict theta, T* __restrict move, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    move[i] = theta[i] - before[i];
  }
}

/// Adds square(x[i]) to the lanes.
template <class T, class Square>
HWY_ATTR inline void add_squares(const T* __restrict x, std::size_t n, double* __restrict lanes, const Square& square) {
  std::size_t i = 0;
  for (; i + sum_lanes <= n; i += sum_lanes) {
    for (std::size_t j = 0; j < sum_lanes; ++j) {
      lanes[j] += square(static_cast<double>(x[i + j]));
    }
  }
  for (std::size_t j = 0; i + j < n; ++j) {
    lanes[j] += square(static_cast<double>(x[i + j]));
  }
}

template <class T>
[[gnu::flatten]] HWY_ATTR void measure(const T* __restrict move, double* __restrict lanes, std::size_t n) {
  add_squares(move, n, lanes, [](double d) HWY_ATTR { return d * d; });
}

HWY_ATTR inline double total(const double* lanes) {
  double sum = 0;
  for (std::size_t j = 0; j < sum_lanes; ++j) {
    sum += lanes[j];
  }
  return sum;
}

template <class T>
HWY_ATTR Moved judge(double squared, const T* theta, std::size_t n) {
  if (std::isfinite(squared)) {
    return {squared, true};
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(theta[i])) {
      return {squared, false};
    }
  }
  return {std::numeric_limits<double>::max(), true};  // a move of finite coordinates whose square is beyond double
}

template <class T, class Formula, std::size_t... I>
HWY_ATTR Moved run_formula(const Formula& formula, const TensorStep<T>& step, std::index_sequence<I...>) {
  alignas(64) T before[block_size];
  alignas(64) T move[block_size];
  alignas(64) T metric[block_size];
  alignas(64) T spare[sizeof...(I) + 1][block_size];
  alignas(64) double lanes[sum_lanes] = {};
  ((step.slots[I] != nullptr ? void() : void(std::fill_n(spare[I], std::min(block_size, step.size), T(0)))), ...);
  for (std::size_t first = 0; first < step.size; first += block_size) {
    const std::size_t n = std::min(block_size, step.size - first);
    T* theta = step.theta + first;
    T* g = step.gradient + first;
    const bool moves_twice = step.stages.shrink != 0 || step.stages.l1 > 0;
    if (moves_twice) {
      std::copy_n(theta, n, before);
    }
    prepare(step.stages, theta, g, n);
    decay(step.stages, theta, n);
    if (step.stages.l1 > 0) {
      descend<true>(formula, theta, g, metric, n, (step.slots[I] != nullptr ? step.slots[I] + first : spare[I])...);
      if (step.due != nullptr) {
        settle_all(step.stages.l1, metric, theta, step.due + first, step.paid + first, n);
      } else {
        soften(step.stages, metric, theta, n);
      }
    } else {
      descend<false>(formula, theta, g, move, n, (step.slots[I] != nullptr ? step.slots[I] + first : spare[I])...);
    }
    if (moves_twice) {
      measure_from(before, theta, move, n);
    }
    measure(move, lanes, n);
  }
  return judge(total(lanes), step.theta, step.size);
}

template <class T>
HWY_ATTR Moved run(std::size_t index, const void* rule, const TensorStep<T>& step) {
  Moved moved;
  UpdateRules::at(index, [&]<UpdateRule Rule>() HWY_ATTR {
    const auto formula = static_cast<const Rule*>(rule)->template at<T>(step.step, step.scalars);
    moved = run_formula<T>(formula, step, std::make_index_sequence<Rule::slots>());
  });
  return moved;
}

template <class T>
HWY_ATTR double squares(std::span<const T> values, double clip) {
  alignas(64) double lanes[sum_lanes] = {};
  if (clip > 0) {
    const double most = static_cast<double>(static_cast<T>(clip));
    add_squares(values.data(), values.size(), lanes, [most](double x) HWY_ATTR {
      const double size = std::abs(x);
      const double cut = size > most ? most : size;
      return cut * cut;
    });
  } else {
    measure(values.data(), lanes, values.size());
  }
  return total(lanes);
}

HWY_ATTR Moved run_float(std::size_t index, const void* rule, const TensorStep<float>& step) { return run(index, rule, step); }
HWY_ATTR Moved run_double(std::size_t index, const void* rule, const TensorStep<double>& step) { return run(index, rule, step); }
HWY_ATTR double squares_float(std::span<const float> values, double clip) { return squares(values, clip); }
HWY_ATTR double squares_double(std::span<const double> values, double clip) { return squares(values, clip); }

}  // namespace HWY_NAMESPACE
}  // namespace fallline
HWY_AFTER_NAMESPACE();

#if defined(__wasm__)
#define HWY_ONCE 1
#define FALLLINE_DISPATCH(function) plain::function
#endif

#if HWY_ONCE
namespace fallline {

Moved run_rule(std::size_t index, const void* rule, const TensorStep<float>& step) {
  return FALLLINE_DISPATCH(run_float)(index, rule, step);
}
Moved run_rule(std::size_t index, const void* rule, const TensorStep<double>& step) {
  return FALLLINE_DISPATCH(run_double)(index, rule, step);
}
double sum_squares(std::span<const float> values, double clip) { return FALLLINE_DISPATCH(squares_float)(values, clip); }
double sum_squares(std::span<const double> values, double clip) { return FALLLINE_DISPATCH(squares_double)(values, clip); }

}  // namespace fallline
#endif
