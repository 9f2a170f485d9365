// SPDX-License-Identifier: Apache-2.0
// The head that a model has for its loss and target.
#pragma once

#include "fallline/data/encoder.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/model/loss.hpp"

namespace fallline {

struct Head {
  HeadKind kind = HeadKind::value;
  std::size_t outputs = 1;
  OutputActivation activation = OutputActivation::identity;  // what a prediction is made of its score by
};

/// output_activation: what the user asks for where the loss leaves it open.
Head head_of(const LossInfo& loss, OutputActivation output_activation, const TargetCoding& target);

}  // namespace fallline
