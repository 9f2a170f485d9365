// SPDX-License-Identifier: Apache-2.0
// Predictions of a model on encoded rows, and the metrics of surfaces: rmse, mae, r2, loss; log_loss, accuracy, balanced_accuracy, auc,
// confusion. Row weights count in every mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fallline/data/dataset.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/train/model_file.hpp"

namespace fallline {

struct Predictions {
  std::vector<double> values;         // [rows] regression: the prediction; classification: the class index
  std::vector<double> probabilities;  // [rows, classes] where the model has them, else empty
};

/// For datasets without target too.
template <class T>
Predictions predict(const Model& model, const Dataset<T>& data, ThreadPool& pool);

struct Metrics {
  std::vector<std::pair<std::string, double>> values;  // in the order of surfaces
  std::vector<std::vector<std::int64_t>> confusion;    // [true class][predicted class], classification only
  std::int64_t rows = 0;
};

template <class T>
Metrics evaluate(const Model& model, const Dataset<T>& data, ThreadPool& pool);

/// Area under the ROC curve by ranks, ties counting half; nothing where a class is absent. weight empty: all 1.
std::optional<double> area_under_curve(const std::vector<double>& score, const std::vector<bool>& positive,
                                       const std::vector<double>& weight);

}  // namespace fallline
