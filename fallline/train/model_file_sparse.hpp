// SPDX-License-Identifier: Apache-2.0
// The parts of a prediction graph that would be far too wide as one feature a column: hashed texts and crosses. Each adds its share of the
// scores by itself, [rows, outputs] in double.
//
// Inputs of a hashed column COL of `bits` bits: whole cells take `COL bucket` [rows, 1], int64, the cell's bucket; free text takes
// `COL buckets` [rows, any], int64, each bucket of the row once, and `COL counts`, float, how often each was hit, 0 for entries that only
// fill up. The bucket 2^bits is a missing cell's (count 1). encode/hash.hpp and encode/words.hpp tell which bucket a text has.
#pragma once

#include <cstddef>
#include <string>

#include "fallline/base/onnx_builder.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline {

/// A hashed column with the names of its inputs; counts: of free text.
struct HashedInput {
  const EncodedColumn* column = nullptr;
  std::string buckets;
  std::string counts;
};

HashedInput declare_hashed(onnx::Builder& graph, const EncodedColumn& column);

/// The initialiser that holds all weights, [outputs, features].
struct SparseWeights {
  std::string name;
  onnx::ElementType type = onnx::ElementType::float32;
  std::size_t outputs = 1;
  std::size_t features = 0;
};

std::string hashed_score(onnx::Builder& graph, const HashedInput& input, const SparseWeights& weights);

/// left, right: the features of the two columns, in double.
std::string cross_score(onnx::Builder& graph, const Encoder& encoder, const Cross& cross, const std::string& left, const std::string& right,
                        const SparseWeights& weights);

}  // namespace fallline
