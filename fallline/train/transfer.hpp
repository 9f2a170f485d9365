// SPDX-License-Identifier: Apache-2.0
// Initial weights from a model that was trained before, on the same columns or similar ones: the layers that fit, so moved from the old
// features and classes to the new ones (translate.hpp) that training goes on with the same function of the raw columns.
#pragma once

#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/train/model_file.hpp"
#include "fallline/train/train.hpp"

namespace fallline {

/// start: for TrainOptions. notes: what was taken and what was not, for a person.
struct Transfer {
  LinearModel start;
  std::vector<std::string> notes;
};

/// The start of a `model` (resolved) for this encoder and target. A layer fits where it has the same shape; the first one, and the weights
/// of a linear model, where it has the same units and shares a feature; the head, where it also tells the same classes, in any order.
/// name: of the old model, in messages. A usage error says why nothing fits.
Result<Transfer> transfer(const Model& from, const std::string& name, const Encoder& encoder, const TargetCoding& target,
                          const ModelOptions& model);

}  // namespace fallline
