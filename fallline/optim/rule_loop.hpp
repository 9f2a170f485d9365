// SPDX-License-Identifier: Apache-2.0
// The loop that runs every elementwise rule over one tensor, in one pass over memory: blocks small enough to stay in the first-level
// cache go through clipping, coupled L2, decay, the rule, the proximal step and the measuring of the move before the next is touched.
// rule_loop.cpp compiles it once for each instruction set; results are the same bits on all of them, and as rule_reference.hpp says.
#pragma once

#include <array>
#include <cstddef>
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
  std::span<double> scalars = {};
  std::span<double> totals = {};
};

/// What the step did to the tensor. Where `finite` is false the tensor is half done and must be taken from a copy.
struct Moved {
  double squared = 0;  // |theta_t - theta_(t-1)|^2
  bool finite = true;
};

/// Runs the rule at `index` of UpdateRules; `rule` points to its struct.
Moved run_rule(std::size_t index, const void* rule, const TensorStep<float>& step);
Moved run_rule(std::size_t index, const void* rule, const TensorStep<double>& step);

/// Sum of squares in double, each value first cut to [-clip, clip] where clip > 0.
double sum_squares(std::span<const float> values, double clip);
double sum_squares(std::span<const double> values, double clip);

}  // namespace fallline
