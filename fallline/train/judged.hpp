// SPDX-License-Identifier: Apache-2.0
// Rows as a model judged them: all that metrics are worked out of, worked out once. Weights come with each question, so that a bootstrap
// asks the same rows again with other weights.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fallline/data/dataset.hpp"
#include "fallline/train/evaluate.hpp"

namespace fallline {

/// Rows by rising score for one class, which the area under the curve walks.
struct Ranking {
  std::uint32_t of = 0;              // the class that high scores speak for
  std::vector<double> score;         // [rows]
  std::vector<std::uint32_t> order;  // empty where a score is no number
};

/// Vectors are [rows] and empty where they do not apply.
struct Judged {
  std::size_t rows = 0;
  std::vector<double> weight;

  // numbers, [targets][rows]
  std::size_t targets = 1;
  std::vector<double> target;
  std::vector<double> predicted;
  std::vector<double> loss;  // the model's own

  // classes
  std::size_t classes = 0;
  std::vector<std::uint32_t> truth;
  std::vector<std::uint32_t> guess;
  std::vector<double> log_loss;     // where the model has probabilities
  std::vector<double> probability;  // two classes: of the second; more: of the guessed one
  std::vector<Ranking> rankings;    // two classes: of the second; more: of each; none where a score is no number
};

template <class T>
Judged judge(const Model& model, const Dataset<T>& data, ThreadPool& pool);

using NamedValues = std::vector<std::pair<std::string, double>>;

/// The metrics in the order of surfaces, each row counting by weight[row].
NamedValues values_of(const Judged& judged, const std::vector<double>& weight);

/// Those of one target.
NamedValues number_values(const Judged& judged, const std::vector<double>& weight, std::size_t target);

/// For each metric the 2.5% and 97.5% quantiles over `replicates` samples of the rows with replacement (Efron 1979). The same for any
/// number of threads.
std::vector<ConfidenceInterval> bootstrap(const Judged& judged, std::int64_t replicates, std::uint64_t seed, ThreadPool& pool);

std::vector<std::vector<std::int64_t>> confusion_of(const Judged& judged);
std::vector<ClassReport> class_reports(const Judged& judged);
Calibration calibration_of(const Judged& judged);
NamedValues residual_quantiles(const Judged& judged, std::size_t target);

}  // namespace fallline
