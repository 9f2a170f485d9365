// SPDX-License-Identifier: Apache-2.0
// The whole prediction of a model as an ONNX graph: raw columns in, prediction out.
//
// Inputs: one per raw column that the model uses, named as the column, [rows, 1]: float numbers (double where NumberCoding::wide) or
// strings. NaN is a missing number; any text of Encoder::missing is a missing text; a time is a number in the unit that its doc_string
// tells. Above `most_number_inputs` number columns, and where the data were a matrix (Encoder::matrix_input), there is one input `x`
// [rows, number columns], every number column of the file in its order, the unused ones too (double where one of them is wide).
// Hashed columns enter as buckets, since operators cannot hash: model_file_sparse.hpp.
// Numbered features (LIBSVM) are one dense input `x` [rows, width] (double where MatrixCoding::wide), 0 where a row has no entry.
// Outputs: `prediction` [rows, 1] for numbers, [rows] for classes (int64 where all are whole numbers, else string); `probabilities`
// [rows, classes] where the model has them, else, for classes, `scores` [rows, 1 or classes].
// Where two of these names would meet, the later one gets "_" appended: columns come first. docs/onnx.md tells all this to users.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fallline/base/onnx.hpp"
#include "fallline/train/model_file.hpp"

namespace fallline {

inline constexpr std::size_t most_number_inputs = 1000;

struct PredictionGraph {
  onnx::Graph graph;
  std::string weights;  // the initialisers that hold them: [outputs, features] and [outputs]
  std::string bias;
  std::vector<std::string> hidden;  // those of HiddenLayers::arrays, in order
};

PredictionGraph prediction_graph(const Model& model);

}  // namespace fallline
