// SPDX-License-Identifier: Apache-2.0
// The stages of rule_loop.hpp around a tensor rule, which sees the whole tensor between them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "fallline/optim/rule_loop.hpp"
#include "fallline/optim/tensor_rule.hpp"

namespace fallline::detail {

/// The stages before the rule, on the gradient.
template <class T>
void prepare_gradient(const TensorStep<T>& step) {
  const Stages& stages = step.stages;
  const T most = static_cast<T>(stages.clip_value > 0 ? stages.clip_value : infinity);
  for (std::size_t i = 0; i < step.size; ++i) {
    const T cut = std::clamp(step.gradient[i], -most, most) * static_cast<T>(stages.factor);
    step.gradient[i] = cut + static_cast<T>(stages.l2) * step.theta[i];
  }
}

template <class T, std::size_t Slots>
TensorUpdate<T, Slots> tensor_update(const TensorInfo& info, const TensorStep<T>& step) {
  std::array<std::span<T>, Slots> slots;
  for (std::size_t s = 0; s < Slots; ++s) {
    slots[s] = step.slots[s] != nullptr ? std::span<T>(step.slots[s], step.size) : std::span<T>();
  }
  return {info, {step.theta, step.size}, {step.gradient, step.size}, slots, step.scalars, step.totals};
}

template <class T, TensorRule Rule>
void measure_tensor(const Rule& rule, const TensorInfo& info, const TensorStep<T>& step) {
  if constexpr (totals_of<Rule>() > 0) {
    prepare_gradient(step);
    rule.template measure<T>(step.step, tensor_update<T, Rule::slots>(info, step));
  }
}

template <class T, TensorRule Rule>
Moved run_tensor_rule(const Rule& rule, const TensorInfo& info, const TensorStep<T>& step) {
  const std::span<T> theta(step.theta, step.size);
  const std::span<T> gradient(step.gradient, step.size);
  const std::vector<T> before(theta.begin(), theta.end());
  const Stages& stages = step.stages;
  prepare_gradient(step);
  for (std::size_t i = 0; i < step.size; ++i) {
    theta[i] -= static_cast<T>(stages.shrink) * theta[i];
  }
  const double metric = rule.template apply<T>(step.step, tensor_update<T, Rule::slots>(info, step));
  const T cut = static_cast<T>(metric * stages.l1);
  Moved moved;
  for (std::size_t i = 0; i < step.size; ++i) {
    theta[i] -= gradient[i];
    if (stages.l1 > 0) {
      theta[i] = step.due != nullptr ? settle(theta[i], cut, step.due[i], step.paid[i]) : soft(theta[i], cut, soft_within<T>(stages));
    }
    const double move = static_cast<double>(theta[i]) - static_cast<double>(before[i]);
    moved.squared += move * move;
    moved.finite = moved.finite && std::isfinite(theta[i]);
  }
  return moved;
}

}  // namespace fallline::detail
