// SPDX-License-Identifier: Apache-2.0
// Lazy Adam: Adam that leaves a coordinate without a gradient, and its state, where they are.
//   g = 0: nothing moves;   else Adam's step, of which the corrections for the start count all steps
// LazyAdam of TensorFlow Addons; PyTorch's SparseAdam. Another path than Adam's, whose momentum goes on without a gradient. Decay
// (decoupled, by the rate) is inside the step, so that it too waits for a gradient; under coupled L2 every weight but zero has one.
#pragma once

#include "fallline/optim/rules/adam.hpp"

namespace fallline {

struct LazyAdam {
  static constexpr std::string_view name = "lazy_adam";
  static constexpr std::string_view cites = "LazyAdam of TensorFlow Addons; SparseAdam of PyTorch";
  static constexpr std::string_view summary = "Adam that leaves coordinates without a gradient, and their state, where they are.";
  static constexpr std::size_t slots = 2;  // m, v
  static constexpr bool gradient_descent_like = false;
  static constexpr bool steady_metric = true;  // 0 without a gradient
  static constexpr bool proximal = true;

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  static constexpr auto fields() {
    return std::array{
        field<&LazyAdam::learning_rate>("learning_rate", positive, "about the longest step of a coordinate"),
        field<&LazyAdam::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&LazyAdam::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&LazyAdam::epsilon>("epsilon", nonnegative, "added to the root"),
    };
  }

  static constexpr std::array presets{Preset{"torch", "learning_rate=0.001,epsilon=1e-8"}};

  bool decays_itself() const { return true; }

  double tail(std::int64_t /*t*/) const { return 0; }
  template <class T>
  void fade(std::int64_t /*t*/, double /*steps*/, T& /*m*/, T& /*v*/) const {}

  template <class T>
  auto at(Step step, std::span<double> scalars) const {
    const Adam adam{.beta1 = beta1, .beta2 = beta2, .epsilon = epsilon};
    const T shrink = static_cast<T>(step.learning_rate * step.weight_decay);
    return [formula = adam.at<T>(step, scalars), shrink](T theta, T g, T& m, T& v) {
      T next_m = m;
      T next_v = v;
      T largest = T(0);
      const Update<T> update = formula(theta, g, next_m, next_v, largest);
      const bool still = g == T(0);
      m = still ? m : next_m;
      v = still ? v : next_v;
      return Update<T>{still ? T(0) : update.delta + shrink * theta, still ? T(0) : update.metric};
    };
  }
};

}  // namespace fallline
