// SPDX-License-Identifier: Apache-2.0
#include "cli/show_data.hpp"

#include <fmt/format.h>

#include "cli/coefficients.hpp"
#include "cli/csv_cell.hpp"
#include "cli/json.hpp"
#include "cli/layers.hpp"
#include "cli/show_columns.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

/// of: what the label names.
std::string score_json(const ScoreCoefficients& score, std::string_view of) {
  JsonObject object;
  std::vector<std::string> coefficients;
  for (const Coefficient& one : score.coefficients) {
    coefficients.push_back(
        JsonObject().add("feature", one.feature).add("coefficient", one.coefficient).add("standardized", one.standardized).text());
  }
  object.raw(of, score.label.empty() ? "null" : json_text(score.label)).add("intercept", score.intercept);
  return object.raw("coefficients", json_list(coefficients)).text();
}

std::string matrix_json(const MatrixCoding& matrix) {
  JsonObject object;
  object.add("features", matrix.width).add("first_number", static_cast<std::int64_t>(matrix.first_number));
  if (!matrix.kept.empty()) {
    object.add("numbered", matrix.numbered());
  }
  return object.raw("scale", matrix.scale.empty() ? "null" : json_numbers(matrix.scale)).text();
}

}  // namespace

std::string show_json(const Model& model) {
  std::vector<std::string> scores;
  for (const ScoreCoefficients& score : coefficients_of(model)) {
    scores.push_back(score_json(score, model.target.more.empty() ? "class" : "target"));
  }
  JsonObject object;
  object.add("model", model.linear.model).add("loss", model.linear.loss).raw("target", target_names_json(model.target));
  object.raw("classes", model.target.classification ? json_texts(model.target.classes) : "null");
  object.add("output_activation", output_activation_name(model.linear.activation)).add("features", model.linear.inputs());
  object.raw("columns", columns_json(model.encoder)).raw("crosses", crosses_json(model.encoder));
  if (model.encoder.matrix) {
    object.raw("matrix", matrix_json(*model.encoder.matrix));
  }
  object.raw("scores", json_list(scores));
  std::vector<std::string> layers;
  for (const LayerLine& line : layers_of(model.linear)) {
    JsonObject one;
    one.add("name", line.name).add("inputs", line.inputs).add("units", line.units).add("parameters", line.parameters);
    one.add("normalization", line.normalization).add("activation", line.activation).add("weight_size", line.weight_size);
    layers.push_back(one.text());
  }
  object.raw("layers", json_list(layers));
  return object.raw("trained", model.trained.empty() ? "null" : model.trained).lines();
}

std::string show_csv(const Model& model) {
  const bool several = model.linear.outputs > 1;
  const std::string of = model.target.more.empty() ? "class" : "target";
  std::string out = several ? of + ",feature,coefficient,standardized\n" : "feature,coefficient,standardized\n";
  for (const ScoreCoefficients& score : coefficients_of(model)) {
    const std::string front = several ? csv_cell(score.label) + "," : "";
    out += fmt::format("{}(intercept),{},\n", front, shortest(score.intercept));
    for (const Coefficient& one : score.coefficients) {
      out += fmt::format("{}{},{},{}\n", front, csv_cell(one.feature), shortest(one.coefficient), shortest(one.standardized));
    }
  }
  return out;
}

}  // namespace fallline::cli
