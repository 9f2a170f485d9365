// SPDX-License-Identifier: Apache-2.0
// ONNX as plain data: a graph in structs, and its bytes. Enough of the format for the models that Fallline saves: IR 8, the operators of
// ai.onnx 17 and ai.onnx.ml 3, tensors inside the file. Field numbers are those of onnx-ml.proto; fields are written in rising order, the
// way every protobuf library writes them, so the same graph gives the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fallline::onnx {

/// TensorProto.DataType, by its number in the file.
enum class ElementType : std::int64_t { float32 = 1, int64 = 7, string = 8, boolean = 9, float64 = 11 };

using TensorValues = std::variant<std::vector<float>, std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

/// A constant of the graph; dims: as many values as their product.
struct Tensor {
  std::string name;
  std::vector<std::int64_t> dims;
  TensorValues values;
};

using AttributeValue = std::variant<std::int64_t, std::vector<std::int64_t>, std::vector<std::string>>;

struct Attribute {
  std::string name;
  AttributeValue value;
};

/// One operator; domain "" is ai.onnx.
struct Node {
  std::string op;
  std::string domain;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<Attribute> attributes;
};

/// A length that is known, or the name of one that is not.
using Dimension = std::variant<std::int64_t, std::string>;

/// An input or output of the graph.
struct Value {
  std::string name;
  ElementType type = ElementType::float32;
  std::vector<Dimension> dims;
  std::string doc = {};  // for a person: a unit, what is to be fed
};

/// Nodes stand in an order in which each comes after what it reads.
struct Graph {
  std::string name;
  std::vector<Node> nodes;
  std::vector<Tensor> initialisers;
  std::vector<Value> inputs;
  std::vector<Value> outputs;
};

/// What stands around the graph in a file.
struct File {
  std::string producer;
  std::string version;
  std::vector<std::pair<std::string, std::string>> metadata;
};

ElementType element_type(const TensorValues& values);

/// GraphProto.
std::string graph_bytes(const Graph& graph);

/// ModelProto around the bytes of a graph; the metadata come last.
std::string file_bytes(const File& file, const std::string& graph);

}  // namespace fallline::onnx
