// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/head.hpp"

namespace fallline {

Head head_of(const LossInfo& loss, OutputActivation output_activation, const TargetCoding& target) {
  Head head;
  head.outputs = target.count();
  head.activation = loss.task == LossTask::counts ? OutputActivation::exp : output_activation;
  if (target.classification) {
    const bool binary = loss.task == LossTask::binary && target.classes.size() == 2;
    head.kind = binary ? HeadKind::binary : HeadKind::multiclass;
    head.outputs = binary ? 1 : target.classes.size();
  }
  return head;
}

}  // namespace fallline
