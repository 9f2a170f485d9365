// SPDX-License-Identifier: Apache-2.0
// Coefficients in the units of the data: what one more unit of a column adds to the score.
#pragma once

#include <string>
#include <vector>

#include "fallline/train/model_file.hpp"

namespace fallline::cli {

/// standardized: the weight on the feature as the encoder gives it, which compares columns of different units.
struct Coefficient {
  std::string feature;
  double coefficient = 0;
  double standardized = 0;
};

/// The coefficients of one score, the largest |standardized| first. score = intercept + sum of coefficient x value.
struct ScoreCoefficients {
  std::string label;  // the class whose score it is, "" where there is one score
  double intercept = 0;
  std::vector<Coefficient> coefficients;
};

/// None for networks.
std::vector<ScoreCoefficients> coefficients_of(const Model& model);

}  // namespace fallline::cli
