// SPDX-License-Identifier: Apache-2.0
// The loop that runs every elementwise rule over one tensor, in one pass over memory: blocks small enough to stay in the first-level
// cache go through clipping, coupled L2, decay, the rule, the proximal step and the measuring of the move before the next is touched.
// rule_loop.cpp compiles it once for each instruction set; results are the same bits on all of them, and as rule_reference.hpp says.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>

#include "fallline/optim/rule.hpp"

namespace fallline {

/// No rule of the list keeps more state arrays.
inline constexpr std::size_t most_slots = 6;
inline constexpr std::size_t block_size = 1024;
/// Sums over a tensor run in this many lanes by index, whatever the instruction set, and are added from lane 0 on.
inline constexpr std::size_t sum_lanes = 32;

/// The constants of the stages around the rule, as of one tensor and step. The defaults change nothing.
struct Stages {
  double clip_value = 0;  // 0: off
  double factor = 1;      // on the gradient, from the clip by norm
  double l2 = 0;          // g += l2 theta
  double shrink = 0;      // theta -= shrink theta
  double l1 = 0;          // threshold metric * l1
  double l1_within = 0;   // larger weights are left alone; 0: none
};

/// One tensor at one step. gradient is used as scratch. A slot that the rule does not use is null.
template <class T>
struct TensorStep {
  Step step;
  Stages stages;
  std::size_t size = 0;
  T* theta = nullptr;
  T* gradient = nullptr;
  std::array<T*, most_slots> slots = {};
  T* due = nullptr;   // where not null, L1 is cumulative: thresholds so far,
  T* paid = nullptr;  // and what each weight has been moved by them
  std::span<double> scalars = {};
  std::span<double> totals = {};

  /// The step of the coordinates [first, first + count).
  TensorStep part(std::size_t first, std::size_t count) const {
    TensorStep made = *this;
    made.size = count;
    for (T** array : {&made.theta, &made.gradient, &made.due, &made.paid}) {
      *array = *array == nullptr ? nullptr : *array + first;
    }
    for (T*& slot : made.slots) {
      slot = slot == nullptr ? nullptr : slot + first;
    }
    return made;
  }
};

/// What the step did to the tensor. Where `finite` is false the tensor is half done and must be taken from a copy.
struct Moved {
  double squared = 0;  // |theta_t - theta_(t-1)|^2
  bool finite = true;
};

/// The L1 stage of one weight, of either form.
template <class T>
inline T soft(T theta, T cut, T within) {
  const T below = theta < -cut ? theta + cut : T(0);
  const T near = theta > cut ? theta - cut : below;
  return theta > within || theta < -within ? theta : near;
}
template <class T>
inline T settle(T theta, T cut, T& due, T& paid) {
  due += cut;
  const T down = theta - (due + paid);
  const T up = theta + (due - paid);
  const T lowered = down > T(0) ? down : T(0);
  const T raised = up < T(0) ? up : T(0);
  const T left = theta > T(0) ? lowered : raised;
  const T next = theta == T(0) ? theta : left;
  paid += next - theta;
  return next;
}
/// The bound of soft() that stages ask for.
template <class T>
inline T soft_within(const Stages& stages) {
  return stages.l1_within > 0 ? static_cast<T>(stages.l1_within) : std::numeric_limits<T>::infinity();
}

/// Runs the rule at `index` of UpdateRules; `rule` points to its struct.
Moved run_rule(std::size_t index, const void* rule, const TensorStep<float>& step);
Moved run_rule(std::size_t index, const void* rule, const TensorStep<double>& step);

/// Sum of squares in double, each value first cut to [-clip, clip] where clip > 0.
double sum_squares(std::span<const float> values, double clip);
double sum_squares(std::span<const double> values, double clip);

}  // namespace fallline
