// SPDX-License-Identifier: Apache-2.0
// The constants of a chain's stages as of one step, for a tensor with or without penalties.
#pragma once

#include "fallline/optim/detail/any_rule.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/rule_loop.hpp"

namespace fallline::detail {

/// `done` steps were taken before this one.
inline Stages stages_of(const ChainOptions& options, const AnyRule& rule, bool penalised, std::int64_t done, double learning_rate) {
  Stages stages;
  if (penalised) {
    const double decay = rule.decays_itself() ? 0 : options.weight_decay;
    stages.l2 = options.l2 + (options.decay == Decay::l2 ? decay : 0);
    stages.shrink = options.decay == Decay::decoupled ? learning_rate * decay : options.decay == Decay::fixed ? decay : 0;
    stages.l1 = options.l1;
    if (options.l1_form == L1Form::truncated) {
      stages.l1 *= (done + 1) % options.truncate_every == 0 ? static_cast<double>(options.truncate_every) : 0;
      stages.l1_within = options.truncate_within;
    }
  }
  return stages;
}

/// What the rule is told of the step.
inline Step step_of(const ChainOptions& options, const AnyRule& rule, bool penalised, std::int64_t done, double learning_rate) {
  Step step{.t = done + 1, .learning_rate = learning_rate, .penalised = penalised};
  if (rule.decays_itself() && penalised) {
    const bool by_rate = options.decay != Decay::fixed || learning_rate <= 0;
    step.weight_decay = by_rate ? options.weight_decay : options.weight_decay / learning_rate;
  }
  return step;
}

/// Whether theta after `done` steps is a point of the average.
inline bool is_point(const ChainOptions& options, std::int64_t done) {
  const std::int64_t begun = done - (options.average == Average::mean ? options.average_start : 0);
  return options.average != Average::off && begun > 0 && begun % options.average_every == 0;
}

}  // namespace fallline::detail
