// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/model_file_head.hpp"

#include <vector>

#include "fallline/base/expects.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline {

namespace {

using onnx::Builder;
using onnx::ElementType;

std::int64_t whole(std::size_t n) { return static_cast<std::int64_t>(n); }
std::int64_t whole(ElementType type) { return static_cast<std::int64_t>(type); }

std::string activated_score(Builder& graph, OutputActivation activation, const std::string& s) {
  switch (activation) {
    case OutputActivation::identity:
      return s;
    case OutputActivation::sigmoid:
      return graph.add("Sigmoid", {s}, "activated");
    case OutputActivation::tanh:
      return graph.add("Tanh", {s}, "activated");
    case OutputActivation::relu:
      return graph.add("Relu", {s}, "activated");
    case OutputActivation::softplus:
      return onnx::softplus(graph, s);
    case OutputActivation::exp:
      return graph.add("Exp", {s}, "activated");
  }
  expects(false, "an output activation is one of the list");
  return s;
}

/// In double whatever the model's precision: a price of 200,000 has only two decimals in float.
void add_value_head(Builder& graph, const LinearModel& linear, const std::string& score, const OutputNames& names) {
  const std::string value = activated_score(graph, linear.activation, score);
  graph.output("Identity", {value}, names.prediction, ElementType::float64, {std::string("rows"), std::int64_t{1}}, {});
}

/// The classes as whole numbers, or as texts where one of them is not.
onnx::TensorValues class_values(const TargetCoding& target) {
  std::vector<std::int64_t> numbers;
  for (const std::string& name : target.classes) {
    const auto number = parse_int(name);
    if (!target.numeric || !number) {
      return target.classes;
    }
    numbers.push_back(*number);
  }
  return numbers;
}

/// The class of the largest score, the first of equals; a single score s stands for the two scores -s/2 and s/2, whose softmax is 1 - p and
/// p with full accuracy in both tails.
void add_class_head(Builder& graph, const Model& model, const std::string& score, ElementType type, const OutputNames& names) {
  const LinearModel& linear = model.linear;
  const std::int64_t classes = whole(model.target.classes.size());
  const std::string each =
      linear.head == HeadKind::binary ? graph.add("Mul", {score, graph.row("halves", {-0.5, 0.5})}, "score of each class") : score;
  const std::string best = graph.add("ArgMax", {each}, "class index", {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
  const onnx::TensorValues values = class_values(model.target);
  const std::string list = graph.constant("classes", {classes}, values);
  graph.output("Gather", {list, best}, names.prediction, onnx::element_type(values), {std::string("rows")}, {{"axis", std::int64_t{0}}});
  if (linear.probabilities) {
    const std::string shares = graph.add("Softmax", {each}, "share of each class", {{"axis", std::int64_t{1}}});
    graph.output("Cast", {shares}, names.probabilities, type, {std::string("rows"), classes}, {{"to", whole(type)}});
  } else {
    graph.output("Cast", {score}, names.scores, type, {std::string("rows"), whole(linear.outputs)}, {{"to", whole(type)}});
  }
}

}  // namespace

void add_head(Builder& graph, const Model& model, const std::string& score, ElementType type, const OutputNames& names) {
  if (model.linear.head == HeadKind::value) {
    add_value_head(graph, model.linear, score, names);
  } else {
    add_class_head(graph, model, score, type, names);
  }
}

}  // namespace fallline
