// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/onnx_builder.hpp"

#include <numeric>
#include <utility>

namespace fallline::onnx {

std::string Builder::fresh(std::string name) {
  if (name.empty()) {
    name = "unnamed";  // ONNX reads an empty name as nothing at all
  }
  while (!taken_.insert(name).second) {
    name += '_';
  }
  return name;
}

std::string Builder::input(const std::string& name, ElementType type, Dimension width, std::string doc) {
  graph_.inputs.push_back({fresh(name), type, {std::string("rows"), std::move(width)}, std::move(doc)});
  return graph_.inputs.back().name;
}

std::string Builder::constant(const std::string& name, std::vector<std::int64_t> dims, TensorValues values) {
  graph_.initialisers.push_back({fresh(name), std::move(dims), std::move(values)});
  return graph_.initialisers.back().name;
}

std::string Builder::indices(const std::string& name, const std::vector<std::int64_t>& values) {
  return constant(name, {static_cast<std::int64_t>(values.size())}, values);
}

std::string Builder::row(const std::string& name, const std::vector<double>& values) {
  return constant(name, {1, static_cast<std::int64_t>(values.size())}, values);
}

std::string Builder::add(const std::string& op, std::vector<std::string> inputs, const std::string& name, std::vector<Attribute> attributes,
                         const std::string& domain) {
  std::string result = fresh(name);
  graph_.nodes.push_back({op, domain, std::move(inputs), {result}, std::move(attributes)});
  return result;
}

std::string Builder::cast(const std::string& from, ElementType type, const std::string& name) {
  return add("Cast", {from}, name, {{"to", static_cast<std::int64_t>(type)}});
}

std::string Builder::beside(const std::vector<std::string>& parts, const std::string& name) {
  return parts.size() == 1 ? parts.front() : add("Concat", parts, name, {{"axis", std::int64_t{1}}});
}

std::string Builder::pick(const std::string& from, const std::vector<std::int64_t>& places, std::size_t width, const std::string& name) {
  std::vector<std::int64_t> all(width);
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return places == all ? from : add("Gather", {from, indices(name + " at", places)}, name, {{"axis", std::int64_t{1}}});
}

std::string Builder::slice(const std::string& from, std::int64_t axis, std::size_t first, std::size_t count, const std::string& name) {
  const auto at = static_cast<std::int64_t>(first);
  return add("Slice",
             {from, indices(name + " from", {at}), indices(name + " to", {at + static_cast<std::int64_t>(count)}),
              indices(name + " along", {axis})},
             name);
}

std::string Builder::sum_over(const std::string& from, std::int64_t axis, const std::string& name) {
  return add("ReduceSum", {from, indices(name + " along", {axis})}, name, {{"keepdims", std::int64_t{0}}});
}

void Builder::output(const std::string& op, std::vector<std::string> inputs, const std::string& name, ElementType type,
                     std::vector<Dimension> dims, std::vector<Attribute> attributes) {
  graph_.nodes.push_back({op, "", std::move(inputs), {name}, std::move(attributes)});
  graph_.outputs.push_back({name, type, std::move(dims)});
}

std::string softplus(Builder& graph, const std::string& x) {
  const std::string below = graph.add("Neg", {graph.add("Abs", {x}, "size")}, "minus size");
  const std::string sum = graph.add("Add", {graph.add("Exp", {below}, "small exponential"), graph.row("one", {1})}, "one and more");
  return graph.add("Add", {graph.add("Relu", {x}, "positive part"), graph.add("Log", {sum}, "rest of softplus")}, "softplus");
}

}  // namespace fallline::onnx
