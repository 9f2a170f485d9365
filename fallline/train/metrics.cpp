// SPDX-License-Identifier: Apache-2.0
// The metrics that are one number each, and their intervals.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "fallline/base/expects.hpp"
#include "fallline/base/random.hpp"
#include "fallline/train/judged.hpp"
#include "fallline/train/mean.hpp"

namespace fallline {

namespace {

/// Pairs (positive, negative) that stand in the right order, those with equal scores counting half, over all pairs: one walk up the scores.
template <class IsPositive>
std::optional<double> area(const std::vector<double>& score, const std::vector<std::uint32_t>& order, const std::vector<double>& weight,
                           IsPositive is_positive) {
  Sum ordered, positives, negatives;
  for (std::size_t first = 0; first < order.size();) {
    Sum tied_positive, tied_negative;
    std::size_t last = first;
    for (; last < order.size() && score[order[last]] == score[order[first]]; ++last) {
      (is_positive(order[last]) ? tied_positive : tied_negative).add(weight[order[last]]);
    }
    ordered.add(tied_positive.value() * (negatives.value() + tied_negative.value() / 2));
    positives.add(tied_positive.value());
    negatives.add(tied_negative.value());
    first = last;
  }
  const double pairs = positives.value() * negatives.value();
  return pairs > 0 ? std::optional(ordered.value() / pairs) : std::nullopt;
}

/// Of several targets the plain mean of each metric.
NamedValues mean_of_targets(const Judged& judged, const std::vector<double>& weight) {
  NamedValues mean = number_values(judged, weight, 0);
  for (std::size_t c = 1; c < judged.targets; ++c) {
    const NamedValues own = number_values(judged, weight, c);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i].second += own[i].second;
    }
  }
  for (auto& [name, value] : mean) {
    value /= static_cast<double>(judged.targets);
  }
  return mean;
}

/// Of two classes "auc"; of several each against the rest, as a plain mean over the classes and as one weighted by how often each occurs.
void add_areas(const Judged& judged, const std::vector<double>& weight, const std::vector<Mean>& recall, NamedValues& values) {
  Mean plain, weighted;
  for (const Ranking& ranking : judged.rankings) {
    const auto one = area(ranking.score, ranking.order, weight, [&](std::uint32_t row) { return judged.truth[row] == ranking.of; });
    plain.add(one.value_or(0), one ? 1 : 0);
    weighted.add(one.value_or(0), one ? recall[ranking.of].weight() : 0);
  }
  if (plain.weight() == 0) {
    return;
  }
  values.emplace_back(judged.classes == 2 ? "auc" : "auc_ovr", plain.value());
  if (judged.classes > 2) {
    values.emplace_back("auc_ovr_weighted", weighted.value());
  }
}

NamedValues class_values(const Judged& judged, const std::vector<double>& weight) {
  Mean loss, accuracy, balanced;
  std::vector<Mean> recall(judged.classes);
  for (std::size_t row = 0; row < judged.rows; ++row) {
    const double right = judged.guess[row] == judged.truth[row] ? 1 : 0;
    accuracy.add(right, weight[row]);
    recall[judged.truth[row]].add(right, weight[row]);
    if (!judged.log_loss.empty()) {
      loss.add(judged.log_loss[row], weight[row]);
    }
  }
  for (const Mean& one : recall) {
    balanced.add(one.weight() > 0 ? one.value() : 0, one.weight() > 0 ? 1 : 0);  // of the classes that occur
  }
  NamedValues values;
  if (!judged.log_loss.empty()) {
    values.emplace_back("log_loss", loss.value());
  }
  values.emplace_back("accuracy", accuracy.value());
  values.emplace_back("balanced_accuracy", balanced.value());
  add_areas(judged, weight, recall, values);
  return values;
}

}  // namespace

// r2 is 1 - (mean squared error) / (variance of the target); where the target is constant 1 for exact predictions, else 0.
NamedValues number_values(const Judged& judged, const std::vector<double>& weight, std::size_t target) {
  const std::size_t first = target * judged.rows;
  Mean mean, squared, absolute, variance, loss;
  for (std::size_t row = 0; row < judged.rows; ++row) {
    const double error = judged.predicted[first + row] - judged.target[first + row];
    mean.add(judged.target[first + row], weight[row]);
    squared.add(error * error, weight[row]);
    absolute.add(std::abs(error), weight[row]);
    loss.add(judged.loss[first + row], weight[row]);
  }
  for (std::size_t row = 0; row < judged.rows; ++row) {
    const double off = judged.target[first + row] - mean.value();
    variance.add(off * off, weight[row]);
  }
  const double mse = squared.value();
  const double unexplained = variance.value() > 0 ? mse / variance.value() : (mse > 0 ? 1.0 : 0.0);
  return {{"rmse", std::sqrt(mse)}, {"mae", absolute.value()}, {"r2", std::isnan(mse) ? mse : 1 - unexplained}, {"loss", loss.value()}};
}

NamedValues values_of(const Judged& judged, const std::vector<double>& weight) {
  return judged.classes == 0 ? mean_of_targets(judged, weight) : class_values(judged, weight);
}

// A sample may lack a class, and with it the area under the curve: values are told apart by name, those that are missing do not count.
std::vector<ConfidenceInterval> bootstrap(const Judged& judged, std::int64_t replicates, std::uint64_t seed, ThreadPool& pool) {
  std::vector<NamedValues> samples(static_cast<std::size_t>(replicates));
  pool.run(samples.size(), [&](std::size_t b) {
    const Random random(seed, Purpose::bootstrap, static_cast<std::uint32_t>(b));
    std::vector<double> weight(judged.rows, 0);
    for (std::size_t i = 0; i < judged.rows; ++i) {
      const auto row = static_cast<std::size_t>(random.uniform(i) * static_cast<double>(judged.rows));
      weight[row] += judged.weight[row];
    }
    samples[b] = values_of(judged, weight);
  });
  std::vector<ConfidenceInterval> intervals;
  for (const auto& [name, whole] : values_of(judged, judged.weight)) {
    std::vector<double> seen;
    for (const NamedValues& sample : samples) {
      for (const auto& [key, value] : sample) {
        if (key == name && std::isfinite(value)) {
          seen.push_back(value);
        }
      }
    }
    std::sort(seen.begin(), seen.end());
    intervals.push_back({quantile_of(seen, 0.025), quantile_of(seen, 0.975)});
  }
  return intervals;
}

std::optional<double> area_under_curve(const std::vector<double>& score, const std::vector<bool>& positive,
                                       const std::vector<double>& weight) {
  expects(score.size() == positive.size() && (weight.empty() || weight.size() == score.size()), "each score has its class and weight");
  if (std::any_of(score.begin(), score.end(), [](double s) { return std::isnan(s); })) {
    return std::nullopt;  // no order, no ranks
  }
  std::vector<std::uint32_t> order(score.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return score[a] < score[b]; });
  return area(score, order, weight.empty() ? std::vector<double>(score.size(), 1) : weight,
              [&](std::uint32_t row) { return positive[row]; });
}

}  // namespace fallline
