// SPDX-License-Identifier: Apache-2.0
// Reads back what base/onnx.hpp writes: the metadata and the number tensors of a file, by name. The bytes may be anyone's: every length
// is checked against what is left, nesting is followed only as deep as the names asked for lie, nothing is allocated before the bytes for
// it are known to be there, and data outside the file are refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fallline/base/onnx.hpp"
#include "fallline/base/result.hpp"

namespace fallline::onnx {

/// The numbers of an initialiser, float or double in the file.
struct Numbers {
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> dims;
  std::vector<double> values;
};

/// A look at the bytes of a file, which must outlive it.
class Reader {
 public:
  /// A data error where the bytes are not a whole ModelProto with one graph; it does not know the file's name.
  static Result<Reader> open(std::string_view bytes);

  std::string_view graph() const { return graph_; }
  std::optional<std::string_view> metadata(std::string_view key) const;
  Result<Numbers> numbers(std::string_view name) const;

 private:
  std::string_view bytes_;
  std::string_view graph_;
};

}  // namespace fallline::onnx
