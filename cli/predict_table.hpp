// SPDX-License-Identifier: Apache-2.0
// The forms that predictions are written in: `prediction`, and `p_CLASS` for each class of a model with probabilities. Numbers of CSV are
// the shortest that read back as the same; Parquet and Arrow hold numbers and texts as such.
#pragma once

#include <string>

#include "fallline/base/result.hpp"
#include "fallline/train/evaluate.hpp"

namespace fallline::cli {

/// Whether this build writes what the name of the file asks for: .parquet, .arrow and .feather need libarrow.
Result<void> check_prediction_form(const std::string& path);

/// The bytes of a file of that name; CSV by default. Probabilities are in T, the type of the model.
template <class T>
Result<std::string> prediction_file(const Model& model, const Predictions& predictions, const std::string& path);

}  // namespace fallline::cli
