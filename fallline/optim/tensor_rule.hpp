// SPDX-License-Identifier: Apache-2.0
// TensorRule: a rule that looks at a whole named tensor at once (a norm, rows and columns, a matrix product). It is told like an
// UpdateRule; instead of the formula of one coordinate it writes the step of one tensor.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>

#include "fallline/optim/parameters.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

/// One tensor at one step. `gradient` holds the gradient and is to be overwritten by what is subtracted from theta.
template <class T, std::size_t Slots>
struct TensorUpdate {
  const TensorInfo& info;
  std::span<const T> theta;
  std::span<T> gradient;
  std::array<std::span<T>, Slots> slots;
  std::span<double> scalars;
  std::span<double> totals;  // sums over all tensors, where the rule has some
};

/// apply<T>(step, update) returns the tensor's effective rate, the metric of the proximal step.
template <class R>
concept TensorRule =
    StatefulRule<R> && requires(const R r, Step step, const TensorUpdate<float, R::slots>& f, const TensorUpdate<double, R::slots>& d) {
      { r.template apply<float>(step, f) } -> std::same_as<double>;
      { r.template apply<double>(step, d) } -> std::same_as<double>;
    };

/// Optional: sums over all tensors, 0 before each step, that measure<T>(step, update) adds to, tensor after tensor, before any apply. It
/// sees the gradient as apply will and theta before weight decay, and may write slots.
template <class R>
constexpr std::size_t totals_of() {
  if constexpr (requires { R::totals; }) {
    return R::totals;
  } else {
    return 0;
  }
}

}  // namespace fallline
