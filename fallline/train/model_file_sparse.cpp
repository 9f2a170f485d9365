// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/model_file_sparse.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "fallline/data/encode/words.hpp"
#include "fallline/train/model_file_hidden.hpp"

namespace fallline {

namespace {

using onnx::Builder;
using onnx::ElementType;

std::int64_t whole(std::size_t n) { return static_cast<std::int64_t>(n); }

/// [2^bits + 1, outputs]: the weights of each bucket, then those of a missing cell, 0 where the model has none.
std::string bucket_weights(Builder& graph, const EncodedColumn& column, const SparseWeights& weights) {
  const std::string name = column.name + " weights";
  const std::string part = graph.slice(weights.name, 1, column.first, column.features, name + " of each score");
  const std::string each = graph.add("Transpose", {part}, name, {{"perm", std::vector<std::int64_t>{1, 0}}});
  if (column.text.missing) {
    return each;
  }
  onnx::TensorValues zeros = std::vector<float>(weights.outputs);
  if (weights.type == ElementType::float64) {
    zeros = std::vector<double>(weights.outputs);
  }
  const std::string none = graph.constant(column.name + " no weight", {1, whole(weights.outputs)}, std::move(zeros));
  return graph.add("Concat", {each, none}, name + " and none", {{"axis", std::int64_t{0}}});
}

/// [rows, entries] in double: 1 for what occurs, or count x idf brought to length 1.
std::string entry_values(Builder& graph, const HashedInput& input) {
  const EncodedColumn& column = *input.column;
  if (!column.hash.tfidf) {
    return graph.cast(graph.cast(input.counts, ElementType::boolean, column.name + " occurs"), ElementType::float64,
                      column.name + " values");
  }
  std::vector<double> idf = encoding::inverse_frequencies(column.hash);
  idf.push_back(1);  // of a missing cell
  const std::int64_t size = whole(idf.size());
  const std::string list = graph.constant(column.name + " idf", {size}, std::move(idf));
  const std::string each = graph.add("Gather", {list, input.buckets}, column.name + " idf of each", {{"axis", std::int64_t{0}}});
  const std::string counts = graph.cast(input.counts, ElementType::float64, column.name + " counts as double");
  const std::string raw = graph.add("Mul", {counts, each}, column.name + " tf-idf");
  const std::string length = graph.add("ReduceL2", {raw}, column.name + " length", {{"axes", std::vector<std::int64_t>{1}}});
  const std::string least = graph.constant(column.name + " least length", {1, 1}, std::vector<double>{1e-300});
  return graph.add("Div", {raw, graph.add("Max", {length, least}, column.name + " divisor")}, column.name + " values");
}

}  // namespace

HashedInput declare_hashed(Builder& graph, const EncodedColumn& column) {
  const std::uint64_t buckets = std::uint64_t{1} << column.hash.bits;
  const std::string missing = fmt::format("in [0, {}), {} for a missing cell; docs/onnx.md tells the hash", buckets, buckets);
  if (!column.hash.words) {
    return {&column, graph.input(column.name + " bucket", ElementType::int64, std::int64_t{1}, "the bucket of the cell's text " + missing),
            ""};
  }
  const std::string entries = column.name + " entries";
  HashedInput input{&column, "", ""};
  input.buckets =
      graph.input(column.name + " buckets", ElementType::int64, entries, "the buckets of words and pairs of words, each once, " + missing);
  input.counts = graph.input(column.name + " counts", ElementType::float32, entries, "how often each bucket was hit, 0 to fill up");
  return input;
}

std::string hashed_score(Builder& graph, const HashedInput& input, const SparseWeights& weights) {
  const EncodedColumn& column = *input.column;
  const std::string table = bucket_weights(graph, column, weights);
  const std::string taken = graph.add("Gather", {table, input.buckets}, column.name + " weight of each", {{"axis", std::int64_t{0}}});
  std::string terms = as_double(graph, taken, weights.type);  // [rows, entries, outputs]
  if (column.hash.words) {
    const std::string axis = graph.indices(column.name + " outputs axis", {2});
    const std::string values = graph.add("Unsqueeze", {entry_values(graph, input), axis}, column.name + " value of each");
    terms = graph.add("Mul", {terms, values}, column.name + " terms");
  }
  return graph.sum_over(terms, 1, column.name + " score");
}

/// sum over j of right_j (left . W_j): no larger than [rows, right.features x outputs].
std::string cross_score(Builder& graph, const Encoder& encoder, const Cross& cross, const std::string& left, const std::string& right,
                        const SparseWeights& weights) {
  const std::int64_t i = whole(encoder.columns[cross.left].features);
  const std::int64_t j = whole(encoder.columns[cross.right].features);
  const std::int64_t outputs = whole(weights.outputs);
  const std::string name = encoder.columns[cross.left].name + " x " + encoder.columns[cross.right].name;
  const std::string part = as_double(graph, graph.slice(weights.name, 1, cross.first, cross.features, name + " weights"), weights.type);
  const std::string cube = graph.add("Reshape", {part, graph.indices(name + " cube", {outputs, i, j})}, name + " weights of each pair");
  const std::string turned =
      graph.add("Transpose", {cube}, name + " weights by left", {{"perm", std::vector<std::int64_t>{1, 2, 0}}});  // [i, j, outputs]
  const std::string table = graph.add("Reshape", {turned, graph.indices(name + " table", {i, j * outputs})}, name + " weight table");
  const std::string of_left = graph.add("MatMul", {left, table}, name + " of left");
  const std::string by_right =
      graph.add("Reshape", {of_left, graph.indices(name + " by right", {-1, j, outputs})}, name + " of left by right");
  const std::string axis = graph.indices(name + " outputs axis", {2});
  const std::string factor = graph.add("Unsqueeze", {right, axis}, name + " right");
  return graph.sum_over(graph.add("Mul", {by_right, factor}, name + " terms"), 1, name + " score");
}

}  // namespace fallline
