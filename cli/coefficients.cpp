// SPDX-License-Identifier: Apache-2.0
#include "cli/coefficients.hpp"

#include <algorithm>
#include <cmath>

namespace fallline::cli {

namespace {

/// A feature is (x - center) * scale of what it is made from: only numbers have another center than 0 and another scale than 1.
struct Line {
  double center = 0;
  double scale = 1;
};

Line line_of(const EncodedColumn& column, std::size_t feature) {
  return holds_numbers(column.type) && feature == 0 ? Line{column.number.center, column.number.scale} : Line{};
}

/// w (a - c) s (b - d) t = w s t a b - w s t d a - w s t c b + w s t c d: crosses add to the columns and to the intercept.
void add_cross(const Encoder& encoder, const Cross& cross, const double* weights, std::vector<double>& coefficients, double& intercept) {
  const EncodedColumn& left = encoder.columns.at(cross.left);
  const EncodedColumn& right = encoder.columns.at(cross.right);
  for (std::size_t k = 0; k < cross.features; ++k) {
    const std::size_t i = k / right.features;
    const std::size_t j = k % right.features;
    const Line a = line_of(left, i);
    const Line b = line_of(right, j);
    const double both = weights[cross.first + k] * a.scale * b.scale;
    coefficients[cross.first + k] = both;
    coefficients[left.first + i] -= both * b.center;
    coefficients[right.first + j] -= both * a.center;
    intercept += both * a.center * b.center;
  }
}

ScoreCoefficients one_score(const Model& model, std::size_t output) {
  const LinearModel& linear = model.linear;
  const double* weights = linear.weights.data() + output * linear.features;
  ScoreCoefficients score;
  score.intercept = linear.bias.at(output);
  std::vector<double> coefficients(weights, weights + linear.features);
  for (const EncodedColumn& column : model.encoder.columns) {
    const Line line = line_of(column, 0);
    if (column.features > 0) {
      coefficients[column.first] *= line.scale;
      score.intercept -= coefficients[column.first] * line.center;
    }
  }
  for (const Cross& cross : model.encoder.crosses) {
    add_cross(model.encoder, cross, weights, coefficients, score.intercept);
  }
  for (const EncodedColumn& column : model.encoder.columns) {
    for (std::size_t i = column.first; i < column.first + column.features; ++i) {
      if (column.hash.bits == 0 || weights[i] != 0) {  // most buckets of a hashed column were never hit
        score.coefficients.push_back({model.encoder.feature_name(i), coefficients[i], weights[i]});
      }
    }
  }
  for (const Cross& cross : model.encoder.crosses) {
    for (std::size_t i = cross.first; i < cross.first + cross.features; ++i) {
      score.coefficients.push_back({model.encoder.feature_name(i), coefficients[i], weights[i]});
    }
  }
  const std::size_t numbered = model.encoder.matrix ? model.encoder.matrix->width : 0;
  for (std::size_t i = 0; i < numbered; ++i) {
    const MatrixCoding& matrix = *model.encoder.matrix;
    const std::size_t feature = matrix.first + i;
    const double weight = linear.weights.at(output * linear.features + feature);
    score.coefficients.push_back({model.encoder.feature_name(feature), matrix.scale.empty() ? weight : weight * matrix.scale[i], weight});
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
  std::vector<ScoreCoefficients> scores;
  if (!model.linear.hidden.empty()) {
    return scores;
  }
  for (std::size_t output = 0; output < model.linear.outputs; ++output) {
    scores.push_back(one_score(model, output));
    if (model.linear.outputs > 1) {
      scores.back().label = model.target.classes.at(output);
    }
  }
  return scores;
}

}  // namespace fallline::cli
