// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/model_file_linear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "fallline/model/loss.hpp"
#include "fallline/model/network/network.hpp"

namespace fallline {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> head_names = {"value", "binary", "multiclass"};
constexpr std::array<std::string_view, 3> normalization_names = {"none", "batch", "layer"};

Json hidden_json(const HiddenLayers& hidden, const std::vector<std::string>& names) {
  return {{"features", hidden.features},
          {"widths", hidden.options.hidden},
          {"activation", hidden.options.activation},
          {"normalization", normalization_names.at(static_cast<std::size_t>(hidden.options.normalization))},
          {"arrays", names}};
}

/// The arrays of the graph by the names that the JSON lists.
Result<std::vector<onnx::Numbers>> read_arrays(const Json& json, const onnx::Reader& reader) {
  if (!json.is_object() || !json.contains("arrays") || !json["arrays"].is_array()) {
    return data_error("'arrays' is not what it should be");
  }
  std::vector<onnx::Numbers> arrays;
  for (const Json& name : json["arrays"]) {
    const auto* text = name.get_ptr<const Json::string_t*>();
    auto numbers = text != nullptr ? reader.numbers(*text) : Result<onnx::Numbers>(data_error("'arrays' does not hold names"));
    if (!numbers) {
      return numbers.error();
    }
    arrays.push_back(std::move(*numbers));
  }
  return arrays;
}

/// Widths that the file has the numbers for, so that a made-up one cannot ask for memory.
Result<std::vector<std::size_t>> read_widths(const Json& json, std::size_t features, std::size_t numbers) {
  std::vector<std::size_t> widths;
  std::size_t inputs = features;
  bool well = json.is_object() && json.contains("widths") && json["widths"].is_array() && !json["widths"].empty();
  for (std::size_t i = 0; well && i < json["widths"].size(); ++i) {
    const auto* width = json["widths"][i].get_ptr<const Json::number_unsigned_t*>();
    well = width != nullptr && *width > 0 && inputs > 0 && *width <= numbers / inputs;
    if (well) {
      widths.push_back(*width);
      inputs = *width;
    }
  }
  return well ? Result<std::vector<std::size_t>>(std::move(widths)) : data_error("'widths' is not what it should be");
}

Result<HiddenLayers> read_hidden(const Json& json, const onnx::Reader& reader, onnx::ElementType type) {
  auto numbers = read_arrays(json, reader);
  if (!numbers) {
    return numbers.error();
  }
  std::size_t total = 0;
  for (const onnx::Numbers& array : *numbers) {
    total += array.values.size();
  }
  Members members(json);
  HiddenLayers hidden;
  hidden.features = members.count("features");
  hidden.options.activation = members.text("activation");
  hidden.options.normalization = static_cast<Normalization>(members.choice("normalization", normalization_names));
  const auto widths = read_widths(json, hidden.features, total);
  if (!members.fault().empty() || !widths) {
    return widths ? data_error(members.fault()) : widths.error();
  }
  hidden.options.hidden = *widths;
  if (!check_network(hidden.options)) {
    return data_error("the hidden layers are none that a network can have");
  }
  hidden.arrays = hidden_arrays(hidden.options, hidden.features);
  bool fits = hidden.arrays.size() == numbers->size();
  for (std::size_t k = 0; fits && k < numbers->size(); ++k) {
    const std::vector<std::size_t>& shape = hidden.arrays[k].shape;
    fits = (*numbers)[k].type == type && (*numbers)[k].dims == std::vector<std::int64_t>(shape.begin(), shape.end());
    hidden.arrays[k].values = std::move((*numbers)[k].values);
  }
  return fits ? Result<HiddenLayers>(std::move(hidden)) : data_error("the hidden layers do not have the shapes that the model names");
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

}  // namespace

nlohmann::ordered_json linear_json(const LinearModel& linear, const PredictionGraph& graph) {
  Json json = {{"model", linear.model},
               {"loss", linear.loss},
               {"head", head_names.at(static_cast<std::size_t>(linear.head))},
               {"activation", output_activation_name(linear.activation)},
               {"probabilities", linear.probabilities},
               {"features", linear.features},
               {"outputs", linear.outputs},
               {"intercept", linear.intercept},
               {"precision", linear.double_precision ? "double" : "float"},
               {"weights", graph.weights},
               {"bias", graph.bias}};
  if (!linear.hidden.empty()) {
    json["hidden"] = hidden_json(linear.hidden, graph.hidden);
  }
  return json;
}

Result<LinearModel> read_linear(const Json& json, const onnx::Reader& reader) {
  Members members(json);
  LinearModel linear;
  linear.model = members.text("model");
  linear.loss = members.text("loss");
  linear.head = static_cast<HeadKind>(members.choice("head", head_names));
  const auto activation = parse_output_activation(members.text("activation"));
  linear.probabilities = members.flag("probabilities");
  linear.features = members.count("features");
  linear.outputs = members.count("outputs");
  linear.intercept = members.flag("intercept");
  linear.double_precision = members.choice("precision", std::array<std::string_view, 2>{"float", "double"}) == 1;
  const std::string weights = members.text("weights");
  const std::string bias = members.text("bias");
  const auto loss = make_loss(linear.loss);
  if (!members.fault().empty()) {
    return data_error(members.fault());
  }
  if (!activation || !loss) {
    return data_error(activation ? "'loss' is not one of the list" : "'activation' is not one of the list");
  }
  linear.activation = *activation;
  const onnx::ElementType type = linear.double_precision ? onnx::ElementType::float64 : onnx::ElementType::float32;
  auto matrix = reader.numbers(weights);
  auto vector = reader.numbers(bias);
  if (!matrix || !vector) {
    return matrix ? vector.error() : matrix.error();
  }
  const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(linear.outputs), static_cast<std::int64_t>(linear.features)};
  if (matrix->type != type || vector->type != type || matrix->dims != shape || vector->dims != std::vector(1, shape[0])) {
    return data_error("the weights do not have the shape or type that the model names");
  }
  if (json.contains("hidden")) {
    auto hidden = read_hidden(json["hidden"], reader, type);
    if (!hidden) {
      return hidden.error();
    }
    linear.hidden = std::move(*hidden);
    if (linear.hidden.options.hidden.back() != linear.features) {
      return data_error("the head does not read the last hidden layer");
    }
  }
  linear.weights = std::move(matrix->values);
  linear.bias = std::move(vector->values);
  return linear;
}

bool all_finite(const LinearModel& linear) {
  const auto sound = [](const NamedArray& array) {
    const bool variance = array.name.ends_with(" variance");
    return all_finite(array.values) &&
           (!variance || std::all_of(array.values.begin(), array.values.end(), [](double v) { return v >= 0; }));
  };
  return all_finite(linear.weights) && all_finite(linear.bias) &&
         std::all_of(linear.hidden.arrays.begin(), linear.hidden.arrays.end(), sound);
}

}  // namespace fallline
