// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/onnx.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

#include "fallline/base/expects.hpp"

namespace fallline::onnx {

namespace {

constexpr std::int64_t ir_version = 8;
constexpr std::int64_t opset = 17;
constexpr std::int64_t ml_opset = 3;

/// A protobuf message as it grows.
class Message {
 public:
  void number(std::uint32_t field, std::int64_t value) {
    varint(field << 3);
    varint(static_cast<std::uint64_t>(value));
  }
  void bytes(std::uint32_t field, std::string_view value) {
    varint(field << 3 | 2);
    varint(value.size());
    text_ += value;
  }
  void message(std::uint32_t field, const Message& value) { bytes(field, value.text_); }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }
  std::string take() { return std::move(text_); }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      text_ += static_cast<char>(value | 0x80);
    }
    text_ += static_cast<char>(value);
  }

  std::string text_;
};

/// The values in little-endian order.
template <class T>
std::string raw_data(const std::vector<T>& values) {
  std::string raw(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  if constexpr (std::endian::native != std::endian::little) {
    for (std::size_t first = 0; first < raw.size(); first += sizeof(T)) {
      std::reverse(raw.begin() + static_cast<std::ptrdiff_t>(first), raw.begin() + static_cast<std::ptrdiff_t>(first + sizeof(T)));
    }
  }
  return raw;
}

/// Texts have a field of their own before the name; numbers stand as raw bytes after it.
struct PutValues {
  const Tensor& tensor;
  Message& out;

  void operator()(const std::vector<std::string>& texts) const {
    for (const std::string& text : texts) {
      out.bytes(6, text);
    }
    out.bytes(8, tensor.name);
  }
  template <class T>
  void operator()(const std::vector<T>& numbers) const {
    out.bytes(8, tensor.name);
    out.bytes(9, raw_data(numbers));
  }
};

std::int64_t product(const std::vector<std::int64_t>& dims) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    count *= dim;
  }
  return count;
}

Message tensor_message(const Tensor& tensor) {
  const std::size_t count = std::visit([](const auto& values) { return values.size(); }, tensor.values);
  expects(product(tensor.dims) == static_cast<std::int64_t>(count), "a tensor has as many values as its dims say");
  Message out;
  for (const std::int64_t dim : tensor.dims) {
    out.number(1, dim);
  }
  out.number(2, static_cast<std::int64_t>(element_type(tensor.values)));
  std::visit(PutValues{tensor, out}, tensor.values);
  return out;
}

/// The value in its field, then the number by which AttributeProto.type names that field.
struct PutAttribute {
  Message& out;

  void operator()(std::int64_t value) const {
    out.number(3, value);
    out.number(20, 2);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    for (const std::int64_t value : values) {
      out.number(8, value);
    }
    out.number(20, 7);
  }
  void operator()(const std::vector<std::string>& values) const {
    for (const std::string& value : values) {
      out.bytes(9, value);
    }
    out.number(20, 8);
  }
};

Message attribute_message(const Attribute& attribute) {
  Message out;
  out.bytes(1, attribute.name);
  std::visit(PutAttribute{out}, attribute.value);
  return out;
}

Message node_message(const Node& node) {
  Message out;
  for (const std::string& input : node.inputs) {
    out.bytes(1, input);
  }
  for (const std::string& output : node.outputs) {
    out.bytes(2, output);
  }
  out.bytes(4, node.op);
  for (const Attribute& attribute : node.attributes) {
    out.message(5, attribute_message(attribute));
  }
  if (!node.domain.empty()) {
    out.bytes(7, node.domain);
  }
  return out;
}

Message dimension_message(const Dimension& dimension) {
  Message out;
  if (const auto* length = std::get_if<std::int64_t>(&dimension)) {
    out.number(1, *length);
  } else {
    out.bytes(2, *std::get_if<std::string>(&dimension));
  }
  return out;
}

Message value_message(const Value& value) {
  Message shape;
  for (const Dimension& dimension : value.dims) {
    shape.message(1, dimension_message(dimension));
  }
  Message tensor_type;
  tensor_type.number(1, static_cast<std::int64_t>(value.type));
  tensor_type.message(2, shape);
  Message type;
  type.message(1, tensor_type);
  Message out;
  out.bytes(1, value.name);
  out.message(2, type);
  if (!value.doc.empty()) {
    out.bytes(3, value.doc);
  }
  return out;
}

Message operator_set(std::string_view domain, std::int64_t version) {
  Message out;
  out.bytes(1, domain);
  out.number(2, version);
  return out;
}

}  // namespace

ElementType element_type(const TensorValues& values) {
  constexpr ElementType types[] = {ElementType::float32, ElementType::float64, ElementType::int64, ElementType::string};
  return types[values.index()];
}

std::string graph_bytes(const Graph& graph) {
  Message out;
  for (const Node& node : graph.nodes) {
    out.message(1, node_message(node));
  }
  out.bytes(2, graph.name);
  for (const Tensor& tensor : graph.initialisers) {
    out.message(5, tensor_message(tensor));
  }
  for (const Value& input : graph.inputs) {
    out.message(11, value_message(input));
  }
  for (const Value& output : graph.outputs) {
    out.message(12, value_message(output));
  }
  return out.take();
}

std::string file_bytes(const File& file, const std::string& graph) {
  std::size_t bytes = graph.size();
  for (const auto& [key, value] : file.metadata) {
    bytes += key.size() + value.size();
  }
  Message out;
  out.reserve(bytes + bytes / 8 + 256);
  out.number(1, ir_version);
  out.bytes(2, file.producer);
  out.bytes(3, file.version);
  out.bytes(7, graph);
  out.message(8, operator_set("", opset));
  out.message(8, operator_set("ai.onnx.ml", ml_opset));
  for (const auto& [key, value] : file.metadata) {
    Message entry;
    entry.bytes(1, key);
    entry.bytes(2, value);
    out.message(14, entry);
  }
  return out.take();
}

}  // namespace fallline::onnx
