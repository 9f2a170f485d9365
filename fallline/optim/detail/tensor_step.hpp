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

template <class T>
T soft(T theta, T cut) {
  return theta > cut ? theta - cut : (theta < -cut ? theta + cut : T(0));
}

template <class T, TensorRule Rule>
Moved run_tensor_rule(const Rule& rule, const TensorInfo& info, const TensorStep<T>& step) {
  const std::span<T> theta(step.theta, step.size);
  const std::span<T> gradient(step.gradient, step.size);
  const std::vector<T> before(theta.begin(), theta.end());
  const Stages& stages = step.stages;
  const T most = static_cast<T>(stages.clip_value > 0 ? stages.clip_value : infinity);
  for (std::size_t i = 0; i < step.size; ++i) {
    gradient[i] = std::clamp(gradient[i], -most, most) * static_cast<T>(stages.factor) + static_cast<T>(stages.l2) * theta[i];
    theta[i] -= static_cast<T>(stages.shrink) * theta[i];
  }
  std::array<std::span<T>, Rule::slots> slots;
  for (std::size_t s = 0; s < Rule::slots; ++s) {
    slots[s] = step.slots[s] != nullptr ? std::span<T>(step.slots[s], step.size) : std::span<T>();
  }
  const double metric = rule.template apply<T>(step.step, {info, theta, gradient, slots, step.scalars});
  const T cut = static_cast<T>(metric * stages.l1);
  Moved moved;
  for (std::size_t i = 0; i < step.size; ++i) {
    theta[i] = soft(theta[i] - gradient[i], cut);
    const double move = static_cast<double>(theta[i]) - static_cast<double>(before[i]);
    moved.squared += move * move;
    moved.finite = moved.finite && std::isfinite(theta[i]);
  }
  return moved;
}

}  // namespace fallline::detail
