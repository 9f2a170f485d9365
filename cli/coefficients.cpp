// SPDX-License-Identifier: Apache-2.0
#include "cli/coefficients.hpp"

#include <algorithm>
#include <cmath>

namespace fallline::cli {

namespace {

/// feature = (x - center) * scale for the first feature of a number column; the other features are 0 or 1 as they are.
ScoreCoefficients one_score(const Model& model, const std::vector<std::string>& names, std::size_t output) {
  const LinearModel& linear = model.linear;
  ScoreCoefficients score;
  score.intercept = linear.bias.at(output);
  for (const EncodedColumn& column : model.encoder.columns) {
    for (std::size_t i = 0; i < column.features; ++i) {
      const std::size_t feature = column.first + i;
      const double weight = linear.weights.at(output * linear.features + feature);
      const bool scaled = holds_numbers(column.type) && i == 0;
      const double coefficient = scaled ? weight * column.number.scale : weight;
      score.intercept -= scaled ? coefficient * column.number.center : 0;
      score.coefficients.push_back({names.at(feature), coefficient, weight});
    }
  }
  const std::size_t numbered = model.encoder.matrix ? model.encoder.matrix->width : 0;
  for (std::size_t i = 0; i < numbered; ++i) {
    const MatrixCoding& matrix = *model.encoder.matrix;
    const std::size_t feature = matrix.first + i;
    const double weight = linear.weights.at(output * linear.features + feature);
    score.coefficients.push_back({names.at(feature), matrix.scale.empty() ? weight : weight * matrix.scale[i], weight});
  }
  std::sort(score.coefficients.begin(), score.coefficients.end(), [](const Coefficient& a, const Coefficient& b) {
    const double left = std::abs(a.standardized);
    const double right = std::abs(b.standardized);
    return left != right ? left > right : a.feature < b.feature;
  });
  return score;
}

}  // namespace

std::vector<ScoreCoefficients> coefficients_of(const Model& model) {
  const std::vector<std::string> names = model.encoder.feature_names();
  std::vector<ScoreCoefficients> scores;
  for (std::size_t output = 0; output < model.linear.outputs; ++output) {
    scores.push_back(one_score(model, names, output));
    if (model.linear.outputs > 1) {
      scores.back().label = model.target.classes.at(output);
    }
  }
  return scores;
}

}  // namespace fallline::cli
