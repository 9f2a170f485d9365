// SPDX-License-Identifier: Apache-2.0
// What stands beside the metrics: confusion, a report for each class, calibration, quantiles of residuals.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "fallline/train/judged.hpp"
#include "fallline/train/mean.hpp"

namespace fallline {

namespace {

constexpr std::size_t bins = 10;

double ratio(double part, double whole) { return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN(); }

}  // namespace

std::vector<std::vector<std::int64_t>> confusion_of(const Judged& judged) {
  std::vector<std::vector<std::int64_t>> counts(judged.classes, std::vector<std::int64_t>(judged.classes, 0));
  for (std::size_t row = 0; row < judged.truth.size(); ++row) {
    ++counts[judged.truth[row]][judged.guess[row]];
  }
  return counts;
}

std::vector<ClassReport> class_reports(const Judged& judged) {
  std::vector<ClassReport> reports(judged.classes);
  std::vector<Sum> right(judged.classes), is(judged.classes), guessed(judged.classes);
  for (std::size_t row = 0; row < judged.truth.size(); ++row) {
    const std::uint32_t truth = judged.truth[row];
    const std::uint32_t guess = judged.guess[row];
    ++reports[truth].support;
    is[truth].add(judged.weight[row]);
    guessed[guess].add(judged.weight[row]);
    right[truth].add(truth == guess ? judged.weight[row] : 0);
  }
  for (std::size_t c = 0; c < judged.classes; ++c) {
    reports[c].precision = ratio(right[c].value(), guessed[c].value());
    reports[c].recall = ratio(right[c].value(), is[c].value());
    reports[c].f1 = ratio(2 * right[c].value(), is[c].value() + guessed[c].value());
  }
  return reports;
}

Calibration calibration_of(const Judged& judged) {
  std::array<Mean, bins> predicted, observed;
  std::array<std::int64_t, bins> rows = {};
  for (std::size_t row = 0; row < judged.probability.size(); ++row) {
    const double p = judged.probability[row];
    if (!std::isfinite(p)) {
      continue;
    }
    const std::size_t bin = std::min(static_cast<std::size_t>(p * bins), bins - 1);
    const bool came_true = judged.truth[row] == (judged.classes == 2 ? 1 : judged.guess[row]);
    predicted[bin].add(p, judged.weight[row]);
    observed[bin].add(came_true ? 1 : 0, judged.weight[row]);
    ++rows[bin];
  }
  Calibration calibration;
  Mean error;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    if (rows[bin] > 0) {
      calibration.bins.push_back(
          {static_cast<double>(bin) / bins, static_cast<double>(bin + 1) / bins, predicted[bin].value(), observed[bin].value(), rows[bin]});
      error.add(std::abs(predicted[bin].value() - observed[bin].value()), observed[bin].weight());
    }
  }
  calibration.error = error.value();
  return calibration;
}

NamedValues residual_quantiles(const Judged& judged, std::size_t target) {
  std::vector<double> residuals;
  for (std::size_t at = target * judged.rows; at < (target + 1) * judged.rows; ++at) {
    residuals.push_back(judged.target[at] - judged.predicted[at]);
  }
  if (std::any_of(residuals.begin(), residuals.end(), [](double r) { return std::isnan(r); })) {
    residuals.clear();  // no order, no quantiles
  }
  std::sort(residuals.begin(), residuals.end());
  return {{"min", quantile_of(residuals, 0)},      {"p5", quantile_of(residuals, 0.05)},  {"p25", quantile_of(residuals, 0.25)},
          {"median", quantile_of(residuals, 0.5)}, {"p75", quantile_of(residuals, 0.75)}, {"p95", quantile_of(residuals, 0.95)},
          {"max", quantile_of(residuals, 1)}};
}

}  // namespace fallline
