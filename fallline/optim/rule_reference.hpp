// SPDX-License-Identifier: Apache-2.0
// The loop of rule_loop.hpp as one reads it in update-rules: one coordinate after another, every stage in turn. Tests hold the fast loop
// to its bits; nothing else calls it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "fallline/optim/rule_loop.hpp"

namespace fallline {

namespace detail {
template <class T, class Formula, std::size_t... I>
Moved reference_formula(const Formula& formula, const TensorStep<T>& step, std::index_sequence<I...>) {
  const Stages& stages = step.stages;
  std::array<double, sum_lanes> lanes = {};
  Moved moved;
  for (std::size_t i = 0; i < step.size; ++i) {
    const T before = step.theta[i];
    T g = step.gradient[i];
    if (stages.clip_value > 0) {
      g = std::clamp(g, static_cast<T>(-stages.clip_value), static_cast<T>(stages.clip_value));
    }
    g *= static_cast<T>(stages.factor);
    if (stages.l2 > 0) {
      g += static_cast<T>(stages.l2) * before;
    }
    const T decayed = before - static_cast<T>(stages.shrink) * before;
    std::array<T, sizeof...(I) + 1> state = {};
    ((state[I] = step.slots[I] != nullptr ? step.slots[I][i] : T(0)), ...);
    const Update<T> update = formula(decayed, g, state[I]...);
    ((step.slots[I] != nullptr ? void(step.slots[I][i] = state[I]) : void()), ...);
    T theta = decayed - update.delta;
    if (stages.l1 > 0) {
      const T cut = update.metric * static_cast<T>(stages.l1);
      theta = step.due != nullptr ? settle(theta, cut, step.due[i], step.paid[i]) : soft(theta, cut, soft_within<T>(stages));
    }
    step.theta[i] = theta;
    const double move = static_cast<double>(theta - before);
    lanes[i % sum_lanes] += move * move;
    moved.finite = moved.finite && std::isfinite(theta);
  }
  for (const double lane : lanes) {
    moved.squared += lane;
  }
  return moved;
}
}  // namespace detail

template <class T, UpdateRule Rule>
Moved run_rule_reference(const Rule& rule, const TensorStep<T>& step) {
  return detail::reference_formula<T>(rule.template at<T>(step.step, step.scalars), step, std::make_index_sequence<Rule::slots>());
}

}  // namespace fallline
