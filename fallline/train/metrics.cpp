// SPDX-License-Identifier: Apache-2.0
// The metrics that are one number each, and their intervals.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fallline/base/expects.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/random.hpp"
#include "fallline/train/judged.hpp"
#include "fallline/train/mean.hpp"

namespace fallline {

namespace {

/// Pairs (positive, negative) that stand in the right order, those with equal scores counting half, over all pairs: one walk up the scores.
class Area {
 public:
  void add(double score, bool positive, double weight) {
    if (score != score_) {
      close();
      score_ = score;
    }
    (positive ? tied_positive_ : tied_negative_).add(weight);
  }

  std::optional<double> value() {
    close();
    const double pairs = positives_.value() * negatives_.value();
    return pairs > 0 ? std::optional(ordered_.value() / pairs) : std::nullopt;
  }

 private:
  void close() {
    ordered_.add(tied_positive_.value() * (negatives_.value() + tied_negative_.value() / 2));
    positives_.add(tied_positive_.value());
    negatives_.add(tied_negative_.value());
    tied_positive_ = Sum();
    tied_negative_ = Sum();
  }

  double score_ = 0;
  Sum ordered_, positives_, negatives_, tied_positive_, tied_negative_;
};

std::optional<double> area(const Judged& judged, std::size_t k, Weights weight) {
  Area area;
  judged.walk(*judged.ranking(k), [&](std::span<const Ranked> some) {
    for (const Ranked& each : some) {
      area.add(each.score, each.positive, weight != nullptr ? (*weight)[each.row] : each.weight);
    }
  });
  return area.value();
}

/// Of several targets the plain mean of each metric.
NamedValues mean_of_targets(const Judged& judged, Weights weight) {
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
void add_areas(const Judged& judged, Weights weight, const std::vector<Mean>& recall, NamedValues& values) {
  Mean plain, weighted;
  for (std::size_t k = 0; k < judged.ranked(); ++k) {
    const std::optional<double> one = area(judged, k, weight);
    plain.add(one.value_or(0), one ? 1 : 0);
    weighted.add(one.value_or(0), one ? recall[judged.ranked_class(k)].weight() : 0);
  }
  if (plain.weight() == 0) {
    return;
  }
  values.emplace_back(judged.classes == 2 ? "auc" : "auc_ovr", plain.value());
  if (judged.classes > 2) {
    values.emplace_back("auc_ovr_weighted", weighted.value());
  }
}

NamedValues class_values(const Judged& judged, Weights weight) {
  Mean loss, accuracy, balanced;
  std::vector<Mean> recall(judged.classes);
  judged.each([&](const JudgedRows& some) {
    for (std::size_t i = 0; i < some.rows; ++i) {
      const double w = weight_of(some, i, weight);
      const double right = some.guess[i] == some.truth[i] ? 1 : 0;
      accuracy.add(right, w);
      recall[some.truth[i]].add(right, w);
      if (judged.probabilities) {
        loss.add(some.log_loss[i], w);
      }
    }
  });
  for (const Mean& one : recall) {
    balanced.add(one.weight() > 0 ? one.value() : 0, one.weight() > 0 ? 1 : 0);  // of the classes that occur
  }
  NamedValues values;
  if (judged.probabilities) {
    values.emplace_back("log_loss", loss.value());
  }
  values.emplace_back("accuracy", accuracy.value());
  values.emplace_back("balanced_accuracy", balanced.value());
  add_areas(judged, weight, recall, values);
  return values;
}

}  // namespace

// r2 is 1 - (mean squared error) / (variance of the target); where the target is constant 1 for exact predictions, else 0.
NamedValues number_values(const Judged& judged, Weights weight, std::size_t target) {
  Mean mean, squared, absolute, variance, loss;
  judged.each([&](const JudgedRows& some) {
    for (std::size_t i = 0; i < some.rows; ++i) {
      const std::size_t at = target * some.rows + i;
      const double w = weight_of(some, i, weight);
      const double error = some.target[at] - some.predicted[at];
      mean.add(some.target[at], w);
      squared.add(error * error, w);
      absolute.add(std::abs(error), w);
      loss.add(some.loss[at], w);
    }
  });
  const double middle = mean.value();
  judged.each([&](const JudgedRows& some) {
    for (std::size_t i = 0; i < some.rows; ++i) {
      const double off = some.target[target * some.rows + i] - middle;
      variance.add(off * off, weight_of(some, i, weight));
    }
  });
  const double mse = squared.value();
  const double unexplained = variance.value() > 0 ? mse / variance.value() : (mse > 0 ? 1.0 : 0.0);
  return {{"rmse", std::sqrt(mse)}, {"mae", absolute.value()}, {"r2", std::isnan(mse) ? mse : 1 - unexplained}, {"loss", loss.value()}};
}

NamedValues values_of(const Judged& judged, Weights weight) {
  return judged.classes == 0 ? mean_of_targets(judged, weight) : class_values(judged, weight);
}

// A sample may lack a class, and with it the area under the curve: values are told apart by name, those that are missing do not count.
Result<std::vector<ConfidenceInterval>> bootstrap(const Judged& judged, std::int64_t replicates, std::uint64_t seed, ThreadPool& pool) {
  const std::uint64_t bytes = (1 + pool.threads()) * judged.rows * sizeof(double);
  if (judged.memory() != nullptr && !judged.memory()->has_room(bytes)) {
    return no_room_error(fmt::format(
        "--bootstrap weighs all rows anew in memory, which takes {} beside what is there. Leave it out, pass fewer --threads or a "
        "larger --memory.",
        in_megabytes(bytes)));
  }
  std::vector<double> own;
  judged.each([&](const JudgedRows& some) { own.insert(own.end(), some.weight.begin(), some.weight.end()); });
  std::vector<NamedValues> samples(static_cast<std::size_t>(replicates));
  pool.run(samples.size(), [&](std::size_t b) {
    const Random random(seed, Purpose::bootstrap, static_cast<std::uint32_t>(b));
    std::vector<double> weight(judged.rows, 0);
    for (std::size_t i = 0; i < judged.rows; ++i) {
      const auto row = static_cast<std::size_t>(random.uniform(i) * static_cast<double>(judged.rows));
      weight[row] += own[row];
    }
    samples[b] = values_of(judged, &weight);
  });
  std::vector<ConfidenceInterval> intervals;
  for (const auto& [name, whole] : values_of(judged, nullptr)) {
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
  Area area;
  for (const std::uint32_t row : order) {
    area.add(score[row], positive[row], weight.empty() ? 1 : weight[row]);
  }
  return area.value();
}

}  // namespace fallline
