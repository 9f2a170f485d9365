// SPDX-License-Identifier: Apache-2.0
// The last part of a prediction graph: from scores to predictions and probabilities.
#pragma once

#include <string>

#include "fallline/base/onnx_builder.hpp"
#include "fallline/train/model_file.hpp"

namespace fallline {

/// What the graph gives: names taken early, so that they stay as promised.
struct OutputNames {
  std::string prediction;
  std::string probabilities;
  std::string scores;
};

/// score: [rows, outputs] in double; type: of probabilities and scores.
void add_head(onnx::Builder& graph, const Model& model, const std::string& score, onnx::ElementType type, const OutputNames& names);

}  // namespace fallline
