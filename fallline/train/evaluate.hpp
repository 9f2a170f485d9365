// SPDX-License-Identifier: Apache-2.0
// Predictions of a model on encoded rows, and how good they are: the metrics of surfaces (rmse, mae, r2, loss; log_loss, accuracy,
// balanced_accuracy, auc, confusion) and reports beside them. Row weights count in every mean; counts and quantiles are of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/train/model_file.hpp"

namespace fallline {

struct Predictions {
  std::size_t rows = 0;
  std::vector<double> values;         // [rows, targets] regression: the predictions; classification: [rows] the class index
  std::vector<double> probabilities;  // [rows, classes] where the model has them, else empty
};

/// For datasets without target too. Of all rows of data in memory, or of rows of a view by their numbers.
template <class T>
Predictions predict(const Model& model, const Dataset<T>& data, ThreadPool& pool);
template <class T>
Predictions predict(const Model& model, const Rows<T>& rows, std::span<const std::uint32_t> numbers, ThreadPool& pool);

/// One class against the rest. NaN: nothing was predicted as it (precision), or nothing is it (recall), or neither (f1).
struct ClassReport {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  std::int64_t support = 0;  // rows of the class
};

/// Rows whose predicted probability lies in [from, to), the last bin with both ends.
struct CalibrationBin {
  double from = 0;
  double to = 0;
  double predicted = 0;  // mean probability
  double observed = 0;   // share of rows for which it came true
  std::int64_t rows = 0;
};

/// Of two classes the second's probability; of several the guessed one's. Bins without a row are left out. error: the mean of
/// |predicted - observed| by weight, the expected calibration error (Naeini, Cooper & Hauskrecht 2015).
struct Calibration {
  std::vector<CalibrationBin> bins;
  double error = 0;
};

/// One of several targets that are predicted at once. values: rmse, mae, r2, loss in its own units; residuals: quantiles of target -
/// prediction.
struct TargetReport {
  std::vector<std::pair<std::string, double>> values;
  std::vector<std::pair<std::string, double>> residuals;
};

struct ConfidenceInterval {
  double low = 0;
  double high = 0;
};

struct EvaluateOptions {
  std::int64_t bootstrap = 0;  // samples of the rows for the intervals; 0: none
  std::uint64_t seed = 0;
  Memory* memory = nullptr;  // the ceiling that is kept, which outlives the call; null: none
};

struct Metrics {
  std::vector<std::pair<std::string, double>> values;     // in the order of surfaces; of several targets the plain mean of each
  std::vector<ConfidenceInterval> intervals;              // one a value, on request
  std::vector<std::vector<std::int64_t>> confusion;       // [true class][predicted class], classification only
  std::vector<ClassReport> classes;                       // classification only
  std::optional<Calibration> calibration;                 // where the model has probabilities
  std::vector<std::pair<std::string, double>> residuals;  // regression of one target: quantiles of target - prediction
  std::vector<TargetReport> targets;                      // of several targets
  std::int64_t rows = 0;
};

/// no_room where a ceiling is given and the disk does not hold what does not fit.
template <class T>
Result<Metrics> evaluate(const Model& model, const Dataset<T>& data, ThreadPool& pool, const EvaluateOptions& options = {});

/// Area under the ROC curve by ranks, ties counting half; nothing where a class is absent. weight empty: all 1.
std::optional<double> area_under_curve(const std::vector<double>& score, const std::vector<bool>& positive,
                                       const std::vector<double>& weight);

}  // namespace fallline
