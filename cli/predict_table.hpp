// SPDX-License-Identifier: Apache-2.0
// The forms that predictions are written in: `prediction`, and `p_CLASS` for each class of a model with probabilities. Numbers of CSV are
// the shortest that read back as the same; Parquet and Arrow hold numbers and texts as such.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fallline/base/file.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/arrow/library.hpp"
#include "fallline/train/evaluate.hpp"

namespace fallline::cli {

/// Whether this build writes what the name of the file asks for: .parquet, .arrow and .feather need libarrow.
Result<void> check_prediction_form(const std::string& path);

/// Predictions on their way to a file, some rows after others. The file stands under its name once it is finished, else not at all.
class PredictionTable {
 public:
  /// path: empty for stdout, as CSV. The model outlives the table.
  static Result<std::unique_ptr<PredictionTable>> begin(const Model& model, const std::string& path);

  Result<void> append(const Predictions& predictions);
  Result<void> finish();

 private:
  PredictionTable(const Model& model, std::optional<NewFile> file) : model_(model), file_(std::move(file)) {}
  Result<void> put(std::string_view bytes);

  const Model& model_;
  std::optional<NewFile> file_;          // none: stdout
  std::unique_ptr<ArrowWriter> writer_;  // none: CSV
};

}  // namespace fallline::cli
