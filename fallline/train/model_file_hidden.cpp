// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/model_file_hidden.hpp"

#include <algorithm>

#include "fallline/base/expects.hpp"
#include "fallline/model/hidden_activation.hpp"
#include "fallline/model/network/layer_norm.hpp"

namespace fallline {

namespace {

using onnx::Builder;
using onnx::ElementType;

/// (x - mean) / sqrt(variance + epsilon) * gain + shift.
std::string normalised(Builder& graph, const std::string& centred, const std::string& variance, const std::string& gain,
                       const std::string& shift) {
  const std::string spread =
      graph.add("Sqrt", {graph.add("Add", {variance, graph.row("epsilon", {normalization_epsilon})}, "spread and more")}, "deviation");
  const std::string scaled = graph.add("Mul", {graph.add("Div", {centred, spread}, "normal"), gain}, "scaled units");
  return graph.add("Add", {scaled, shift}, "normalised units");
}

std::string batch_normalised(Builder& graph, const std::string& x, const std::string& gain, const std::string& shift,
                             const std::string& mean, const std::string& variance) {
  return normalised(graph, graph.add("Sub", {x, mean}, "centred units"), variance, gain, shift);
}

std::string layer_normalised(Builder& graph, const std::string& x, const std::string& gain, const std::string& shift) {
  const std::vector<onnx::Attribute> over_units = {{"axes", std::vector<std::int64_t>{1}}};
  const std::string centred = graph.add("Sub", {x, graph.add("ReduceMean", {x}, "mean of units", over_units)}, "centred units");
  const std::string square = graph.add("Mul", {centred, centred}, "squared units");
  return normalised(graph, centred, graph.add("ReduceMean", {square}, "variance of units", over_units), gain, shift);
}

}  // namespace

onnx::TensorValues real_values(ElementType type, const std::vector<double>& values) {
  if (type == ElementType::float64) {
    return values;
  }
  std::vector<float> narrow(values.size());
  std::transform(values.begin(), values.end(), narrow.begin(), [](double x) { return static_cast<float>(x); });
  return narrow;
}

std::string as_double(Builder& graph, const std::string& from, ElementType type) {
  return type == ElementType::float64 ? from : graph.cast(from, ElementType::float64, from + " as double");
}

std::string dense_scores(Builder& graph, const std::string& units, const std::string& weights, const std::string& bias, ElementType type) {
  const std::vector<std::string> terms = {units, as_double(graph, weights, type), as_double(graph, bias, type)};
  return graph.add("Gemm", terms, "score", {{"transB", std::int64_t{1}}});
}

std::vector<std::string> hidden_constants(Builder& graph, const HiddenLayers& hidden, ElementType type) {
  std::vector<std::string> names;
  for (const NamedArray& array : hidden.arrays) {
    names.push_back(graph.constant(array.name, {array.shape.begin(), array.shape.end()}, real_values(type, array.values)));
  }
  return names;
}

std::string add_hidden(Builder& graph, const HiddenLayers& hidden, const std::vector<std::string>& arrays, ElementType type,
                       std::string sums) {
  const NetworkOptions& options = hidden.options;
  const auto activation = parse_activation(options.activation);
  expects(activation.has_value(), "a fitted network has an activation of the list");
  const bool normal = options.normalization != Normalization::none;
  const std::size_t layers = options.hidden.size();
  const std::size_t each = normal ? 4 : 2;  // weights and bias, gain and shift
  const auto wide = [&](std::size_t k) { return as_double(graph, arrays.at(k), type); };
  std::string units;
  for (std::size_t i = 0; i < layers; ++i) {
    sums = i == 0 ? sums : dense_scores(graph, units, arrays.at(each * i), arrays.at(each * i + 1), type);
    if (options.normalization == Normalization::batch) {
      sums = batch_normalised(graph, sums, wide(each * i + 2), wide(each * i + 3), wide(each * layers + 2 * i),
                              wide(each * layers + 2 * i + 1));
    } else if (normal) {
      sums = layer_normalised(graph, sums, wide(each * i + 2), wide(each * i + 3));
    }
    activations::visit(*activation, [&](const auto& a) { units = a.onnx(graph, sums); });
  }
  return units;
}

}  // namespace fallline
