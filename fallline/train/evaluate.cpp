// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/evaluate.hpp"

#include <span>

#include "fallline/model/linear.hpp"
#include "fallline/train/judged.hpp"

namespace fallline {

template <class T>
Predictions predict(const Model& model, const Dataset<T>& data, ThreadPool& pool) {
  const LinearModel& linear = model.linear;
  const std::vector<double> scores = linear_scores(linear, data.view(), pool);
  const std::size_t classes = linear.probabilities ? model.target.classes.size() : 0;
  const std::size_t width = linear.head == HeadKind::value ? linear.outputs : 1;
  Predictions out;
  out.rows = data.rows;
  out.values.resize(data.rows * width);
  out.probabilities.resize(data.rows * classes);
  for (std::size_t row = 0; row < data.rows; ++row) {
    const auto score = std::span(scores).subspan(row * linear.outputs, linear.outputs);
    if (linear.head == HeadKind::value) {
      for (std::size_t c = 0; c < width; ++c) {
        out.values[row * width + c] = activate(linear.activation, score[c]);
      }
      continue;
    }
    out.values[row] = static_cast<double>(predicted_class(linear.head, score));
    if (classes > 0) {
      class_probabilities(linear.head, score, std::span(out.probabilities).subspan(row * classes, classes));
    }
  }
  return out;
}

template <class T>
Metrics evaluate(const Model& model, const Dataset<T>& data, ThreadPool& pool, const EvaluateOptions& options) {
  const Judged judged = judge(model, data, pool);
  Metrics metrics;
  metrics.rows = static_cast<std::int64_t>(data.rows);
  metrics.values = values_of(judged, judged.weight);
  if (options.bootstrap > 0) {
    metrics.intervals = bootstrap(judged, options.bootstrap, options.seed, pool);
  }
  if (judged.classes == 0) {
    for (std::size_t target = 0; judged.targets > 1 && target < judged.targets; ++target) {
      metrics.targets.push_back({number_values(judged, judged.weight, target), residual_quantiles(judged, target)});
    }
    metrics.residuals = judged.targets > 1 ? NamedValues() : residual_quantiles(judged, 0);
    return metrics;
  }
  metrics.confusion = confusion_of(judged);
  metrics.classes = class_reports(judged);
  if (!judged.probability.empty()) {
    metrics.calibration = calibration_of(judged);
  }
  return metrics;
}

template Predictions predict<float>(const Model&, const Dataset<float>&, ThreadPool&);
template Predictions predict<double>(const Model&, const Dataset<double>&, ThreadPool&);
template Metrics evaluate<float>(const Model&, const Dataset<float>&, ThreadPool&, const EvaluateOptions&);
template Metrics evaluate<double>(const Model&, const Dataset<double>&, ThreadPool&, const EvaluateOptions&);

}  // namespace fallline
