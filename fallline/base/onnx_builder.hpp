// SPDX-License-Identifier: Apache-2.0
// Builder: an ONNX graph as it grows, each name in it given once. Values are [rows, columns] and told by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/onnx.hpp"

namespace fallline::onnx {

class Builder {
 public:
  explicit Builder(std::string name) { graph_.name = std::move(name); }

  /// `name`, with "_" appended while something else has it.
  std::string fresh(std::string name);

  /// An input [rows, width]; doc says what it is, where its name does not.
  std::string input(const std::string& name, ElementType type, Dimension width, std::string doc = "");

  std::string constant(const std::string& name, std::vector<std::int64_t> dims, TensorValues values);
  /// A list of places, [values].
  std::string indices(const std::string& name, const std::vector<std::int64_t>& values);
  /// One number a column, [1, values].
  std::string row(const std::string& name, const std::vector<double>& values);

  /// A node with one output called `name`, or nearly so.
  std::string add(const std::string& op, std::vector<std::string> inputs, const std::string& name, std::vector<Attribute> attributes = {},
                  const std::string& domain = "");
  std::string cast(const std::string& from, ElementType type, const std::string& name);
  /// The columns of all parts side by side; a single part stands for itself.
  std::string beside(const std::vector<std::string>& parts, const std::string& name);
  /// The columns of `from` at `places`; `from` itself where these are all its `width` columns in order.
  std::string pick(const std::string& from, const std::vector<std::int64_t>& places, std::size_t width, const std::string& name);

  /// The columns [first, first + count) of `from`, or its rows where axis is 0.
  std::string slice(const std::string& from, std::int64_t axis, std::size_t first, std::size_t count, const std::string& name);
  /// The sum along one axis, which is gone then.
  std::string sum_over(const std::string& from, std::int64_t axis, const std::string& name);

  /// A node whose output is one of the graph's, under a name that fresh() gave before.
  void output(const std::string& op, std::vector<std::string> inputs, const std::string& name, ElementType type,
              std::vector<Dimension> dims, std::vector<Attribute> attributes = {});

  Graph take() { return std::move(graph_); }

 private:
  Graph graph_;
  std::set<std::string> taken_;
};

/// log(1 + e^x) of doubles that neither overflows nor cancels, of operators that every runtime has for double.
std::string softplus(Builder& graph, const std::string& x);

}  // namespace fallline::onnx
