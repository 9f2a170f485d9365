// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "fallline/base/expects.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/model/loss.hpp"

namespace fallline {

namespace {

/// A sum whose error does not grow with the number of terms (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation").
class Sum {
 public:
  void add(double x) {
    const double total = sum_ + x;
    if (std::isfinite(total)) {
      lost_ += std::abs(sum_) >= std::abs(x) ? (sum_ - total) + x : (x - total) + sum_;
    }
    sum_ = total;
  }
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

/// Mean by weight; NaN where nothing weighs.
class Mean {
 public:
  void add(double x, double weight) {
    if (weight > 0) {
      sum_.add(weight * x);
      weight_.add(weight);
    }
  }
  double value() const { return weight_.value() > 0 ? sum_.value() / weight_.value() : std::numeric_limits<double>::quiet_NaN(); }
  double weight() const { return weight_.value(); }

 private:
  Sum sum_;
  Sum weight_;
};

template <class T>
double weight_of(const Dataset<T>& data, std::size_t row) {
  return data.weight.empty() ? 1.0 : static_cast<double>(data.weight[row]);
}

std::size_t class_count(const Model& model) { return model.target.classes.size(); }

std::span<const double> scores_of_row(const LinearModel& linear, const std::vector<double>& scores, std::size_t row) {
  return std::span(scores).subspan(row * linear.outputs, linear.outputs);
}

Predictions predictions_of(const Model& model, const std::vector<double>& scores, std::size_t rows) {
  const LinearModel& linear = model.linear;
  const std::size_t classes = linear.probabilities ? class_count(model) : 0;
  Predictions out;
  out.values.resize(rows);
  out.probabilities.resize(rows * classes);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto score = scores_of_row(linear, scores, row);
    if (linear.head == HeadKind::value) {
      out.values[row] = activate(linear.activation, score[0]);
      continue;
    }
    out.values[row] = static_cast<double>(predicted_class(linear.head, score));
    if (classes > 0) {
      class_probabilities(linear.head, score, std::span(out.probabilities).subspan(row * classes, classes));
    }
  }
  return out;
}

/// Mean of the model's own loss, the target in its own units. Scores are used up: losses leave their slopes there.
template <class T>
double mean_loss(const Model& model, const Dataset<T>& data, std::vector<double> scores) {
  const auto loss = make_loss(model.linear.loss);
  expects(loss.has_value(), "a model's loss is one of the list");
  Sum sum;
  Sum weight;
  for (std::size_t first = 0; first < data.rows; first += largest_block) {
    const std::size_t rows = std::min(largest_block, data.rows - first);
    const auto offset = static_cast<std::ptrdiff_t>(first);
    const auto count = static_cast<std::ptrdiff_t>(rows);
    const std::vector<double> target(data.target.begin() + offset, data.target.begin() + offset + count);
    const std::vector<double> weights = data.weight.empty()
                                            ? std::vector<double>(rows, 1)
                                            : std::vector<double>(data.weight.begin() + offset, data.weight.begin() + offset + count);
    sum.add((*loss)->block(model.linear.activation, target.data(), weights.data(), rows, 1, scores.data() + first));
    for (std::size_t row = first; row < first + rows; ++row) {
      weight.add(weight_of(data, row));
    }
  }
  return sum.value() / weight.value();
}

/// r2 is 1 - (mean squared error) / (variance of the target); where the target is constant 1 for exact predictions, else 0.
template <class T>
Metrics regression_metrics(const Model& model, const Dataset<T>& data, std::vector<double> scores) {
  const Predictions predicted = predictions_of(model, scores, data.rows);
  Mean target, squared, absolute, variance;
  for (std::size_t row = 0; row < data.rows; ++row) {
    const double weight = weight_of(data, row);
    const double y = static_cast<double>(data.target[row]);
    const double error = predicted.values[row] - y;
    target.add(y, weight);
    squared.add(error * error, weight);
    absolute.add(std::abs(error), weight);
  }
  for (std::size_t row = 0; row < data.rows; ++row) {
    const double off = static_cast<double>(data.target[row]) - target.value();
    variance.add(off * off, weight_of(data, row));
  }
  const double mse = squared.value();
  const double unexplained = variance.value() > 0 ? mse / variance.value() : (mse > 0 ? 1.0 : 0.0);
  Metrics metrics;
  metrics.values = {{"rmse", std::sqrt(mse)},
                    {"mae", absolute.value()},
                    {"r2", std::isnan(mse) ? mse : 1 - unexplained},
                    {"loss", mean_loss(model, data, std::move(scores))}};
  metrics.rows = static_cast<std::int64_t>(data.rows);
  return metrics;
}

double softplus(double s) { return std::max(s, 0.0) + std::log1p(std::exp(-std::abs(s))); }

/// -log P(truth) from the scores, exact in the tails where the probability itself would be 0 or 1.
double log_loss(HeadKind head, std::span<const double> scores, std::size_t truth) {
  if (head == HeadKind::binary) {
    return softplus(truth == 1 ? -scores[0] : scores[0]);
  }
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double s : scores) {
    sum += std::exp(s - largest);
  }
  return largest - scores[truth] + std::log(sum);
}

/// Mean recall of the classes that occur.
double balanced(const std::vector<Mean>& recall) {
  Mean mean;
  for (const Mean& one : recall) {
    mean.add(one.weight() > 0 ? one.value() : 0, one.weight() > 0 ? 1 : 0);
  }
  return mean.value();
}

/// How much each row looks like the second of two classes.
std::vector<double> second_class_scores(const LinearModel& linear, const std::vector<double>& scores, std::size_t rows) {
  std::vector<double> out(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto score = scores_of_row(linear, scores, row);
    out[row] = linear.head == HeadKind::binary ? score[0] : score[1] - score[0];
  }
  return out;
}

template <class T>
std::optional<double> two_class_area(const Model& model, const Dataset<T>& data, const std::vector<double>& scores) {
  std::vector<bool> positive(data.rows);
  for (std::size_t row = 0; row < data.rows; ++row) {
    positive[row] = data.target[row] == 1;
  }
  const std::vector<double> weight(data.weight.begin(), data.weight.end());
  return area_under_curve(second_class_scores(model.linear, scores, data.rows), positive, weight);
}

template <class T>
Metrics class_metrics(const Model& model, const Dataset<T>& data, const std::vector<double>& scores) {
  const LinearModel& linear = model.linear;
  const std::size_t classes = class_count(model);
  Metrics metrics;
  metrics.rows = static_cast<std::int64_t>(data.rows);
  metrics.confusion.assign(classes, std::vector<std::int64_t>(classes, 0));
  Mean loss, accuracy;
  std::vector<Mean> recall(classes);
  for (std::size_t row = 0; row < data.rows; ++row) {
    const auto score = scores_of_row(linear, scores, row);
    const auto truth = static_cast<std::size_t>(data.target[row]);
    expects(truth < classes, "a target is the index of a class");
    const std::size_t guess = predicted_class(linear.head, score);
    const double weight = weight_of(data, row);
    const double right = guess == truth ? 1 : 0;
    ++metrics.confusion[truth][guess];
    accuracy.add(right, weight);
    recall[truth].add(right, weight);
    if (linear.probabilities) {
      loss.add(log_loss(linear.head, score, truth), weight);
    }
  }
  if (linear.probabilities) {
    metrics.values.emplace_back("log_loss", loss.value());
  }
  metrics.values.emplace_back("accuracy", accuracy.value());
  metrics.values.emplace_back("balanced_accuracy", balanced(recall));
  const auto area = classes == 2 ? two_class_area(model, data, scores) : std::nullopt;
  if (area) {
    metrics.values.emplace_back("auc", *area);
  }
  return metrics;
}

}  // namespace

template <class T>
Predictions predict(const Model& model, const Dataset<T>& data, ThreadPool& pool) {
  return predictions_of(model, linear_scores(model.linear, data.view(), pool), data.rows);
}

template <class T>
Metrics evaluate(const Model& model, const Dataset<T>& data, ThreadPool& pool) {
  expects(data.target.size() == data.rows, "rows to evaluate on have a target");
  std::vector<double> scores = linear_scores(model.linear, data.view(), pool);
  return model.linear.head == HeadKind::value ? regression_metrics(model, data, std::move(scores)) : class_metrics(model, data, scores);
}

// Pairs (positive, negative) that stand in the right order, those with equal scores counting half, over all pairs: one walk up the scores.
std::optional<double> area_under_curve(const std::vector<double>& score, const std::vector<bool>& positive,
                                       const std::vector<double>& weight) {
  expects(score.size() == positive.size() && (weight.empty() || weight.size() == score.size()), "each score has its class and weight");
  if (std::any_of(score.begin(), score.end(), [](double s) { return std::isnan(s); })) {
    return std::nullopt;  // no order, no ranks
  }
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
  Sum ordered, positives, negatives;
  for (std::size_t first = 0; first < order.size();) {
    Sum tied_positive, tied_negative;
    std::size_t last = first;
    for (; last < order.size() && score[order[last]] == score[order[first]]; ++last) {
      (positive[order[last]] ? tied_positive : tied_negative).add(weight.empty() ? 1.0 : weight[order[last]]);
    }
    ordered.add(tied_positive.value() * (negatives.value() + tied_negative.value() / 2));
    positives.add(tied_positive.value());
    negatives.add(tied_negative.value());
    first = last;
  }
  const double pairs = positives.value() * negatives.value();
  return pairs > 0 ? std::optional(ordered.value() / pairs) : std::nullopt;
}

template Predictions predict<float>(const Model&, const Dataset<float>&, ThreadPool&);
template Predictions predict<double>(const Model&, const Dataset<double>&, ThreadPool&);
template Metrics evaluate<float>(const Model&, const Dataset<float>&, ThreadPool&);
template Metrics evaluate<double>(const Model&, const Dataset<double>&, ThreadPool&);

}  // namespace fallline
