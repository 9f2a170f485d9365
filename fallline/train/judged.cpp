// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/judged.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "fallline/base/expects.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/model/loss.hpp"

namespace fallline {

namespace {

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

/// Value of the model's own loss for each row, the target in its own units.
void judge_numbers(const LinearModel& linear, std::vector<double> scores, Judged& judged) {
  judged.predicted.resize(judged.target.size());
  judged.loss.resize(judged.target.size());
  for (std::size_t c = 0; c < judged.targets; ++c) {
    const auto loss = make_loss(judged.targets > 1 ? linear.losses.at(c) : linear.loss);
    expects(loss.has_value(), "a model's loss is one of the list");
    for (std::size_t row = 0; row < judged.rows; ++row) {
      const std::size_t at = c * judged.rows + row;
      double& score = scores[row * judged.targets + c];
      judged.predicted[at] = activate(linear.activation, score);
      judged.loss[at] = (*loss)->block(linear.activation, &judged.target[at], nullptr, 1, 1, &score);
    }
  }
}

/// What orders the rows for a class. In a row of several the probability and not the score: it alone compares between rows.
std::vector<double> ranking_scores(const LinearModel& linear, const std::vector<double>& scores, std::size_t rows, std::size_t classes,
                                   std::size_t of) {
  std::vector<double> out(rows);
  std::vector<double> probabilities(classes);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto own = std::span(scores).subspan(row * linear.outputs, linear.outputs);
    if (linear.head == HeadKind::binary) {
      out[row] = own[0];
    } else if (classes == 2) {
      out[row] = own[1] - own[0];
    } else if (linear.probabilities) {
      class_probabilities(linear.head, own, probabilities);
      out[row] = probabilities[of];
    } else {
      out[row] = own[of];
    }
  }
  return out;
}

Ranking rank(std::vector<double> score, std::size_t of) {
  Ranking ranking{static_cast<std::uint32_t>(of), std::move(score), {}};
  if (std::any_of(ranking.score.begin(), ranking.score.end(), [](double s) { return std::isnan(s); })) {
    return ranking;  // no order, no ranks
  }
  ranking.order.resize(ranking.score.size());
  std::iota(ranking.order.begin(), ranking.order.end(), 0U);
  std::sort(ranking.order.begin(), ranking.order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return ranking.score[a] < ranking.score[b]; });
  return ranking;
}

void rank_classes(const LinearModel& linear, const std::vector<double>& scores, ThreadPool& pool, Judged& judged) {
  const std::size_t first = judged.classes == 2 ? 1 : 0;
  judged.rankings.resize(judged.classes - first);
  pool.run(judged.rankings.size(), [&](std::size_t k) {
    judged.rankings[k] = rank(ranking_scores(linear, scores, judged.rows, judged.classes, first + k), first + k);
  });
  if (std::any_of(judged.rankings.begin(), judged.rankings.end(), [](const Ranking& r) { return r.order.size() < r.score.size(); })) {
    judged.rankings.clear();
  }
}

void judge_classes(const LinearModel& linear, const std::vector<double>& scores, Judged& judged) {
  std::vector<double> probabilities(judged.classes);
  judged.guess.resize(judged.rows);
  judged.log_loss.resize(linear.probabilities ? judged.rows : 0);
  judged.probability.resize(judged.log_loss.size());
  for (std::size_t row = 0; row < judged.rows; ++row) {
    const auto own = std::span(scores).subspan(row * linear.outputs, linear.outputs);
    judged.guess[row] = static_cast<std::uint32_t>(predicted_class(linear.head, own));
    if (linear.probabilities) {
      judged.log_loss[row] = log_loss(linear.head, own, judged.truth[row]);
      class_probabilities(linear.head, own, probabilities);
      judged.probability[row] = probabilities[judged.classes == 2 ? 1 : judged.guess[row]];
    }
  }
}

}  // namespace

template <class T>
Judged judge(const Model& model, const Dataset<T>& data, ThreadPool& pool) {
  const bool value = model.linear.head == HeadKind::value;
  expects(data.target.size() == data.rows * (value ? model.linear.outputs : 1), "rows to evaluate on have their targets");
  Judged judged;
  judged.rows = data.rows;
  judged.weight.assign(data.rows, 1);
  std::copy(data.weight.begin(), data.weight.end(), judged.weight.begin());
  std::vector<double> scores = linear_scores(model.linear, data.view(), pool);
  if (value) {
    judged.targets = model.linear.outputs;
    judged.target.resize(data.target.size());
    for (std::size_t i = 0; i < data.target.size(); ++i) {
      judged.target[i % judged.targets * data.rows + i / judged.targets] = static_cast<double>(data.target[i]);
    }
    judge_numbers(model.linear, std::move(scores), judged);
    return judged;
  }
  judged.classes = model.target.classes.size();
  for (const T y : data.target) {
    judged.truth.push_back(static_cast<std::uint32_t>(y));
    expects(judged.truth.back() < judged.classes, "a target is the index of a class");
  }
  judge_classes(model.linear, scores, judged);
  rank_classes(model.linear, scores, pool, judged);
  return judged;
}

template Judged judge<float>(const Model&, const Dataset<float>&, ThreadPool&);
template Judged judge<double>(const Model&, const Dataset<double>&, ThreadPool&);

}  // namespace fallline
