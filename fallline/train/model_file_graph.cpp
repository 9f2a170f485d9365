// SPDX-License-Identifier: Apache-2.0
// Columns are taken together by kind, so that the graph has a handful of nodes however many columns there are; only texts need a dictionary
// each. Their features are then gathered into the order in which the weights stand.
#include "fallline/train/model_file_graph.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

#include "fallline/base/expects.hpp"
#include "fallline/base/onnx_builder.hpp"
#include "fallline/train/model_file_head.hpp"
#include "fallline/train/model_file_hidden.hpp"
#include "fallline/train/model_file_sparse.hpp"

namespace fallline {

namespace {

using Names = std::vector<std::string>;
using Wholes = std::vector<std::int64_t>;
using onnx::Builder;
using onnx::ElementType;

std::int64_t whole(std::size_t n) { return static_cast<std::int64_t>(n); }

/// A column with the name of its input, "" where it is part of `x` or has no features.
struct Entry {
  const EncodedColumn* column;
  std::string input;
};

struct Entries {
  std::vector<Entry> numbers;  // those with features: narrow ones, then wide ones; or all in order where there is an `x`
  std::vector<Entry> texts;    // those with one feature a level
  std::vector<HashedInput> hashed;
  std::string matrix;     // the input `x`, or empty
  Wholes matrix_columns;  // where `numbers` stand in it
  std::size_t matrix_width = 0;
  bool matrix_wide = false;
};

Entries used_columns(const Encoder& encoder) {
  Entries entries;
  for (const EncodedColumn& column : encoder.columns) {
    if (holds_numbers(column.type)) {
      if (column.features > 0) {
        entries.matrix_columns.push_back(whole(entries.matrix_width));
        entries.matrix_wide = entries.matrix_wide || column.number.wide;
        entries.numbers.push_back({&column, ""});
      }
      ++entries.matrix_width;
    } else if (column.features > 0 && column.hash.bits == 0) {
      entries.texts.push_back({&column, ""});
    }
  }
  return entries;
}

bool is_wide(const Entry& entry) { return entry.column->number.wide; }

void narrow_first(std::vector<Entry>& numbers) {
  std::vector<Entry> ordered;
  for (const bool wide : {false, true}) {
    std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(ordered), [&](const Entry& entry) { return is_wide(entry) == wide; });
  }
  numbers = std::move(ordered);
}

/// Declares the inputs, in the order of the file's columns.
Entries declare_inputs(Builder& graph, const Encoder& encoder) {
  Entries entries = used_columns(encoder);
  const bool matrix = (encoder.matrix_input || entries.matrix_width > most_number_inputs) && !entries.numbers.empty();
  std::size_t number = 0;
  std::size_t text = 0;
  for (const EncodedColumn& column : encoder.columns) {
    if (column.features == 0) {
      continue;
    }
    if (column.hash.bits > 0) {
      entries.hashed.push_back(declare_hashed(graph, column));
    } else if (column.type == ColumnType::text) {
      entries.texts[text++].input = graph.input(column.name, ElementType::string, std::int64_t{1});
    } else if (!matrix) {
      const ElementType type = column.number.wide ? ElementType::float64 : ElementType::float32;
      entries.numbers[number++].input = graph.input(column.name, type, std::int64_t{1}, column.unit);
    }
  }
  if (matrix) {
    entries.matrix = graph.input("x", entries.matrix_wide ? ElementType::float64 : ElementType::float32, whole(entries.matrix_width));
  } else {
    narrow_first(entries.numbers);
  }
  return entries;
}

/// Features as the graph makes them, side by side, and the place of each in the encoder.
struct Block {
  Names parts;
  Wholes places;
};

/// The numbers of all columns as double, those that are not wide as if rounded to float.
std::string separate_numbers(Builder& graph, const std::vector<Entry>& numbers) {
  Names narrow;
  Names wide;
  for (const Entry& entry : numbers) {
    (is_wide(entry) ? wide : narrow).push_back(entry.input);
  }
  Names parts;
  if (!narrow.empty()) {
    parts.push_back(graph.cast(graph.beside(narrow, "narrow numbers"), ElementType::float64, "narrow numbers as double"));
  }
  if (!wide.empty()) {
    parts.push_back(graph.beside(wide, "wide numbers"));
  }
  return graph.beside(parts, "numbers");
}

std::string matrix_numbers(Builder& graph, const Entries& entries) {
  const std::string used = graph.pick(entries.matrix, entries.matrix_columns, entries.matrix_width, "used numbers");
  if (!entries.matrix_wide) {
    return graph.cast(used, ElementType::float64, "numbers");
  }
  Wholes codes;
  std::transform(entries.numbers.begin(), entries.numbers.end(), std::back_inserter(codes),
                 [](const Entry& e) { return is_wide(e) ? 1 : 0; });
  const std::string wide = graph.cast(graph.constant("is wide", {1, whole(codes.size())}, codes), ElementType::boolean, "wide");
  const std::string rounded = graph.cast(graph.cast(used, ElementType::float32, "rounded"), ElementType::float64, "rounded as double");
  return graph.add("Where", {wide, used, rounded}, "numbers");
}

/// (x - center) * scale in double, then `type`; the indicators beside it.
void add_numbers(Builder& graph, const Entries& entries, ElementType type, Block& block) {
  std::vector<double> impute, center, scale;
  Wholes indicated, indicator_places;
  for (const Entry& entry : entries.numbers) {
    const NumberCoding& number = entry.column->number;
    if (number.indicator) {
      indicated.push_back(whole(impute.size()));
      indicator_places.push_back(whole(entry.column->first + 1));
    }
    impute.push_back(number.impute);
    center.push_back(number.center);
    scale.push_back(number.scale);
    block.places.push_back(whole(entry.column->first));
  }
  const std::string x = entries.matrix.empty() ? separate_numbers(graph, entries.numbers) : matrix_numbers(graph, entries);
  const std::string missing = graph.add("IsNaN", {x}, "missing numbers");
  const std::string filled = graph.add("Where", {missing, graph.row("impute", impute), x}, "filled numbers");
  const std::string centred = graph.add("Sub", {filled, graph.row("center", center)}, "centred numbers");
  const std::string scaled = graph.add("Mul", {centred, graph.row("scale", scale)}, "scaled numbers");
  block.parts.push_back(type == ElementType::float64 ? scaled : graph.cast(scaled, type, "number features"));
  if (!indicated.empty()) {
    block.parts.push_back(graph.cast(graph.pick(missing, indicated, impute.size(), "indicated numbers"), type, "indicators"));
    block.places.insert(block.places.end(), indicator_places.begin(), indicator_places.end());
  }
}

/// The code of no feature at all.
constexpr std::int64_t nothing = -1;

/// Text -> place of its feature within the column's.
std::string text_codes(Builder& graph, const Entry& entry, const Names& missing) {
  const TextCoding& text = entry.column->text;
  const std::int64_t levels = whole(text.levels.size());
  const std::int64_t other = text.other ? levels : nothing;
  const std::int64_t absent = text.missing ? levels + (text.other ? 1 : 0) : nothing;
  Names keys;
  Wholes codes;
  std::set<std::string> known;
  const auto map = [&](const std::string& key, std::int64_t code) {
    if (known.insert(key).second) {
      keys.push_back(key);
      codes.push_back(code);
    }
  };
  for (const std::string& token : missing) {
    map(token, absent);
  }
  for (std::size_t i = 0; i < text.levels.size(); ++i) {
    map(text.levels[i], whole(i));
  }
  if (keys.empty()) {
    map("", other);  // a dictionary must not be empty
  }
  return graph.add("LabelEncoder", {entry.input}, entry.input + " code",
                   {{"default_int64", other}, {"keys_strings", keys}, {"values_int64s", codes}}, "ai.onnx.ml");
}

/// One comparison for all texts: feature j is 1 where the code of its column is its own.
void add_texts(Builder& graph, const Entries& entries, const Names& missing, ElementType type, Block& block) {
  Names codes;
  Wholes column_of, code_of;
  for (const Entry& entry : entries.texts) {
    for (std::size_t i = 0; i < entry.column->features; ++i) {
      column_of.push_back(whole(codes.size()));
      code_of.push_back(whole(i));
      block.places.push_back(whole(entry.column->first + i));
    }
    codes.push_back(text_codes(graph, entry, missing));
  }
  const std::string code = graph.pick(graph.beside(codes, "codes"), column_of, codes.size(), "code of feature");
  const Wholes dims = {1, whole(code_of.size())};
  const std::string same = graph.add("Equal", {code, graph.constant("own code", dims, code_of)}, "is own code");
  block.parts.push_back(graph.cast(same, type, "text features"));
}

/// x * scale in double, then `type`.
void add_matrix(Builder& graph, const MatrixCoding& matrix, ElementType type, Block& block) {
  const ElementType given = matrix.wide ? ElementType::float64 : ElementType::float32;
  std::string x = graph.input("x", given, whole(matrix.width));
  if (matrix.scale.empty()) {
    block.parts.push_back(type == given ? x : graph.cast(x, type, "numbered features"));
  } else {
    x = given == ElementType::float64 ? x : graph.cast(x, ElementType::float64, "x as double");
    const std::string scaled = graph.add("Mul", {x, graph.row("matrix scale", matrix.scale)}, "scaled x");
    block.parts.push_back(type == ElementType::float64 ? scaled : graph.cast(scaled, type, "numbered features"));
  }
  for (std::size_t i = 0; i < matrix.width; ++i) {
    block.places.push_back(whole(matrix.first + i));
  }
}

/// Where the features stand in the block, in the order of the encoder.
Wholes order_of(const Wholes& places) {
  Wholes order(places.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  if (!std::is_sorted(places.begin(), places.end())) {  // those of a wide matrix are
    std::sort(order.begin(), order.end(),
              [&](std::int64_t a, std::int64_t b) { return places[static_cast<std::size_t>(a)] < places[static_cast<std::size_t>(b)]; });
  }
  return order;
}

/// [rows, features] in the order of the encoder, of the columns that are not hashed, and where these stand in the encoder.
struct DenseFeatures {
  std::string name;
  Wholes places;
};

DenseFeatures add_features(Builder& graph, const Entries& entries, const Encoder& encoder, ElementType type) {
  Block block;
  if (!entries.numbers.empty()) {
    add_numbers(graph, entries, type, block);
  }
  if (!entries.texts.empty()) {
    add_texts(graph, entries, encoder.missing, type, block);
  }
  if (encoder.matrix) {
    add_matrix(graph, *encoder.matrix, type, block);
  }
  if (block.places.empty()) {
    return {};
  }
  const Wholes order = order_of(block.places);
  const std::string name = graph.pick(graph.beside(block.parts, "unordered features"), order, block.places.size(), "features");
  Wholes places(order.size());
  std::transform(order.begin(), order.end(), places.begin(), [&](std::int64_t at) { return block.places[static_cast<std::size_t>(at)]; });
  return {name, std::move(places)};
}

/// Weights and features are float, their sum is not: in a thousand float terms a runtime would lose more than the sixth decimal of a
/// probability, each runtime in its own way.
std::string add_linear(Builder& graph, const DenseFeatures& dense, const SparseWeights& weights, const std::string& bias,
                       ElementType type) {
  const std::string wide_bias = as_double(graph, bias, type);
  if (dense.places.empty()) {
    return wide_bias;
  }
  const std::string used = graph.pick(weights.name, dense.places, weights.features, "dense weights");
  const Names terms = {as_double(graph, dense.name, type), as_double(graph, used, type), wide_bias};
  return graph.add("Gemm", terms, "score", {{"transB", std::int64_t{1}}});
}

/// The features of one column that is not hashed, as double.
std::string column_features(Builder& graph, const DenseFeatures& dense, const EncodedColumn& column, ElementType type) {
  const auto at = std::lower_bound(dense.places.begin(), dense.places.end(), whole(column.first)) - dense.places.begin();
  const std::string name = column.name + " features";
  return as_double(graph, graph.slice(dense.name, 1, static_cast<std::size_t>(at), column.features, name), type);
}

std::string add_score(Builder& graph, const Entries& entries, const Encoder& encoder, const SparseWeights& weights, const std::string& bias,
                      ElementType type) {
  const DenseFeatures dense = add_features(graph, entries, encoder, type);
  std::string score = add_linear(graph, dense, weights, bias, type);
  for (const HashedInput& input : entries.hashed) {
    score = graph.add("Add", {hashed_score(graph, input, weights), score}, "score");
  }
  for (const Cross& cross : encoder.crosses) {
    const std::string left = column_features(graph, dense, encoder.columns[cross.left], type);
    const std::string right = column_features(graph, dense, encoder.columns[cross.right], type);
    score = graph.add("Add", {cross_score(graph, encoder, cross, left, right, weights), score}, "score");
  }
  return score;
}

/// Scores of a model without features: the bias, once a row of whatever input there is.
std::string add_bias_alone(Builder& graph, const Encoder& encoder, const std::string& bias, ElementType type, std::size_t outputs) {
  const bool text = !encoder.columns.empty() && encoder.columns.front().type == ColumnType::text;
  const std::string name = encoder.columns.empty() ? "x" : encoder.columns.front().name;
  const std::string input = graph.input(name, text ? ElementType::string : ElementType::float32, std::int64_t{1});
  const std::string rows = graph.add("Shape", {input}, "row count", {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
  const std::string shape =
      graph.add("Concat", {rows, graph.indices("output count", {whole(outputs)})}, "score shape", {{"axis", std::int64_t{0}}});
  return graph.add("Expand", {as_double(graph, bias, type), shape}, "score");
}

}  // namespace

PredictionGraph prediction_graph(const Model& model) {
  const LinearModel& linear = model.linear;
  expects(linear.weights.size() == linear.outputs * linear.features && linear.bias.size() == linear.outputs, "a model has all its weights");
  expects(linear.inputs() == model.encoder.features, "a model has one weight for each feature of its encoder");
  const ElementType type = linear.double_precision ? ElementType::float64 : ElementType::float32;
  Builder graph("fallline");
  const Entries entries = declare_inputs(graph, model.encoder);
  const std::string weights = graph.constant("weights", {whole(linear.outputs), whole(linear.features)}, real_values(type, linear.weights));
  const std::string bias = graph.constant("bias", {whole(linear.outputs)}, real_values(type, linear.bias));
  const OutputNames names = {graph.fresh("prediction"), graph.fresh("probabilities"), graph.fresh("scores")};
  std::string score;
  Names hidden;
  if (!linear.hidden.empty()) {
    hidden = hidden_constants(graph, linear.hidden, type);
    const SparseWeights first{hidden.front(), type, linear.hidden.options.hidden.front(), linear.hidden.features};
    const std::string units =
        add_hidden(graph, linear.hidden, hidden, type, add_score(graph, entries, model.encoder, first, hidden[1], type));
    score = dense_scores(graph, units, weights, bias, type);
  } else if (linear.features == 0) {
    score = add_bias_alone(graph, model.encoder, bias, type, linear.outputs);
  } else {
    score = add_score(graph, entries, model.encoder, {weights, type, linear.outputs, linear.features}, bias, type);
  }
  add_head(graph, model, score, type, names);
  return {graph.take(), weights, bias, hidden};
}

}  // namespace fallline
