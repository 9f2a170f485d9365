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
  judged.each([&](const JudgedRows& some) {
    for (std::size_t i = 0; i < some.rows; ++i) {
      ++counts[some.truth[i]][some.guess[i]];
    }
  });
  return counts;
}

std::vector<ClassReport> class_reports(const Judged& judged) {
  std::vector<ClassReport> reports(judged.classes);
  std::vector<Sum> right(judged.classes), is(judged.classes), guessed(judged.classes);
  judged.each([&](const JudgedRows& some) {
    for (std::size_t i = 0; i < some.rows; ++i) {
      const std::uint32_t truth = some.truth[i];
      const std::uint32_t guess = some.guess[i];
      ++reports[truth].support;
      is[truth].add(some.weight[i]);
      guessed[guess].add(some.weight[i]);
      right[truth].add(truth == guess ? some.weight[i] : 0);
    }
  });
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
  judged.each([&](const JudgedRows& some) {
    for (std::size_t i = 0; i < some.rows; ++i) {
      const double p = some.probability[i];
      if (!std::isfinite(p)) {
        continue;
      }
      const std::size_t bin = std::min(static_cast<std::size_t>(p * bins), bins - 1);
      const bool came_true = some.truth[i] == (judged.classes == 2 ? 1 : some.guess[i]);
      predicted[bin].add(p, some.weight[i]);
      observed[bin].add(came_true ? 1 : 0, some.weight[i]);
      ++rows[bin];
    }
  });
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
  constexpr std::array<std::pair<const char*, double>, 7> asked = {
      {{"min", 0}, {"p5", 0.05}, {"p25", 0.25}, {"median", 0.5}, {"p75", 0.75}, {"p95", 0.95}, {"max", 1}}};
  const auto ranking = judged.residuals(target);
  std::array<QuantilePlace, asked.size()> places = {};
  for (std::size_t q = 0; q < asked.size() && ranking->size() > 0; ++q) {
    places[q] = quantile_place(static_cast<std::size_t>(ranking->size()), asked[q].second);
  }
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  std::array<std::pair<double, double>, asked.size()> found;
  found.fill({none, none});  // there may be no rows in an order
  std::size_t first = 0;
  judged.walk(*ranking, [&](std::span<const Ranked> some) {
    for (std::size_t q = 0; q < asked.size(); ++q) {
      for (const auto& [at, value] : {std::pair(places[q].below, &found[q].first), std::pair(places[q].above, &found[q].second)}) {
        if (at >= first && at - first < some.size()) {
          *value = some[at - first].score;
        }
      }
    }
    first += some.size();
  });
  NamedValues values;
  for (std::size_t q = 0; q < asked.size(); ++q) {
    values.emplace_back(asked[q].first, between(found[q].first, found[q].second, places[q].part));
  }
  return values;
}

}  // namespace fallline
