// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/evaluate.hpp"

#include <numeric>
#include <span>
#include <vector>

#include "fallline/model/linear.hpp"
#include "fallline/train/judged.hpp"

namespace fallline {

template <class T>
Predictions predict(const Model& model, const Dataset<T>& data, ThreadPool& pool) {
  std::vector<std::uint32_t> all(data.rows);
  std::iota(all.begin(), all.end(), 0U);
  return predict<T>(model, data.view(), all, pool);
}

template <class T>
Predictions predict(const Model& model, const Rows<T>& rows, std::span<const std::uint32_t> numbers, ThreadPool& pool) {
  const LinearModel& linear = model.linear;
  const std::vector<double> scores = linear_scores(linear, rows, numbers, pool);
  const std::size_t classes = linear.probabilities ? model.target.classes.size() : 0;
  const std::size_t width = linear.head == HeadKind::value ? linear.outputs : 1;
  Predictions out;
  out.rows = numbers.size();
  out.values.resize(out.rows * width);
  out.probabilities.resize(out.rows * classes);
  for (std::size_t row = 0; row < out.rows; ++row) {
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
Result<Metrics> evaluate(const Model& model, const Dataset<T>& data, ThreadPool& pool, const EvaluateOptions& options) {
  Judged judged(options.memory);
  if (const Result<void> well = judge(model, data, pool, judged); !well) {
    return well.error();
  }
  if (options.bootstrap > 0 || !judged.in_file()) {
    judged.keep_rankings(pool);
  }
  Metrics metrics;
  metrics.rows = static_cast<std::int64_t>(data.rows);
  metrics.values = values_of(judged, nullptr);
  if (options.bootstrap > 0) {
    auto intervals = bootstrap(judged, options.bootstrap, options.seed, pool);
    if (!intervals) {
      return intervals.error();
    }
    metrics.intervals = std::move(*intervals);
  }
  if (judged.classes == 0) {
    for (std::size_t target = 0; judged.targets > 1 && target < judged.targets; ++target) {
      metrics.targets.push_back({number_values(judged, nullptr, target), residual_quantiles(judged, target)});
    }
    metrics.residuals = judged.targets > 1 ? NamedValues() : residual_quantiles(judged, 0);
  } else {
    metrics.confusion = confusion_of(judged);
    metrics.classes = class_reports(judged);
    if (judged.probabilities) {
      metrics.calibration = calibration_of(judged);
    }
  }
  const Result<void> well = judged.fault();
  return well ? Result<Metrics>(std::move(metrics)) : well.error();
}

template Predictions predict<float>(const Model&, const Dataset<float>&, ThreadPool&);
template Predictions predict<double>(const Model&, const Dataset<double>&, ThreadPool&);
template Predictions predict<float>(const Model&, const Rows<float>&, std::span<const std::uint32_t>, ThreadPool&);
template Predictions predict<double>(const Model&, const Rows<double>&, std::span<const std::uint32_t>, ThreadPool&);
template Result<Metrics> evaluate<float>(const Model&, const Dataset<float>&, ThreadPool&, const EvaluateOptions&);
template Result<Metrics> evaluate<double>(const Model&, const Dataset<double>&, ThreadPool&, const EvaluateOptions&);

}  // namespace fallline
