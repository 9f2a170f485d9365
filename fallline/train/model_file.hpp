// SPDX-License-Identifier: Apache-2.0
// The model file: one ONNX graph that holds the whole prediction, encoder included, so that any runtime gives the same answers; the JSON in
// metadata_props["fallline"] is what Fallline itself loads it from, the weights being the graph's initialisers.
#pragma once

#include <string>
#include <string_view>

#include "fallline/base/result.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/model/linear.hpp"

namespace fallline {

/// All that is needed to predict from raw columns, and a word on how it was trained.
struct Model {
  Encoder encoder;
  TargetCoding target;
  LinearModel linear;
  std::string trained;  // a JSON object: outcome, optimizer, learning rate, epochs, rows, seed, options...; no times, so that files compare
};

/// The bytes of the ONNX file; the same model gives the same bytes.
std::string model_to_onnx(const Model& model);
/// Reads only what model_to_onnx writes; anything else (truncated, hostile, newer format number) is a data error that names `name`.
Result<Model> model_from_onnx(std::string_view bytes, const std::string& name);

Result<void> save_model(const Model& model, const std::string& path);
Result<Model> load_model(const std::string& path);

}  // namespace fallline
