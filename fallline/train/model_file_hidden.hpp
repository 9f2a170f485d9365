// SPDX-License-Identifier: Apache-2.0
// The hidden layers of a network in a prediction graph. Everything is computed in double from weights of the model's type, as Fallline
// itself does.
#pragma once

#include <string>
#include <vector>

#include "fallline/base/onnx_builder.hpp"
#include "fallline/model/network/hidden.hpp"

namespace fallline {

/// Numbers as an initialiser of `type`.
onnx::TensorValues real_values(onnx::ElementType type, const std::vector<double>& values);
/// `from` as double; itself where it is that already.
std::string as_double(onnx::Builder& graph, const std::string& from, onnx::ElementType type);
/// units weights' + bias, [rows, outputs] in double.
std::string dense_scores(onnx::Builder& graph, const std::string& units, const std::string& weights, const std::string& bias,
                         onnx::ElementType type);

/// The initialisers of all arrays, by name.
std::vector<std::string> hidden_constants(onnx::Builder& graph, const HiddenLayers& hidden, onnx::ElementType type);

/// What the last hidden layer puts out. arrays: their initialisers; sums: weights and bias of the first layer on the features, in double.
std::string add_hidden(onnx::Builder& graph, const HiddenLayers& hidden, const std::vector<std::string>& arrays, onnx::ElementType type,
                       std::string sums);

}  // namespace fallline
