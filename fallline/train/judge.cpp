// SPDX-License-Identifier: Apache-2.0
// From rows and a model to judged rows.
#include <algorithm>
#include <cmath>
#include <span>

#include "fallline/base/expects.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/train/judged.hpp"
#include "fallline/train/row_blocks.hpp"

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
void judge_numbers(const LinearModel& linear, std::vector<double> scores, JudgedRows& judged) {
  const std::size_t targets = linear.outputs;
  judged.predicted.resize(judged.target.size());
  judged.loss.resize(judged.target.size());
  for (std::size_t c = 0; c < targets; ++c) {
    const auto loss = make_loss(targets > 1 ? linear.losses.at(c) : linear.loss);
    expects(loss.has_value(), "a model's loss is one of the list");
    for (std::size_t row = 0; row < judged.rows; ++row) {
      const std::size_t at = c * judged.rows + row;
      double& score = scores[row * targets + c];
      judged.predicted[at] = activate(linear.activation, score);
      judged.loss[at] = (*loss)->block(linear.activation, &judged.target[at], nullptr, 1, 1, &score);
    }
  }
}

/// What orders the rows for a class. In a row of several the probability and not the score: it alone compares between rows.
double ranking_score(const LinearModel& linear, std::span<const double> scores, std::span<const double> probabilities, std::size_t classes,
                     std::size_t of) {
  if (linear.head == HeadKind::binary) {
    return scores[0];
  }
  if (classes == 2) {
    return scores[1] - scores[0];
  }
  return linear.probabilities ? probabilities[of] : scores[of];
}

void judge_classes(const LinearModel& linear, std::span<const double> scores, std::size_t classes, JudgedRows& judged) {
  const std::size_t ranked = classes == 2 ? 1 : classes;
  std::vector<double> probabilities(classes);
  judged.guess.resize(judged.rows);
  judged.log_loss.resize(linear.probabilities ? judged.rows : 0);
  judged.probability.resize(judged.log_loss.size());
  judged.scores.resize(ranked * judged.rows);
  for (std::size_t row = 0; row < judged.rows; ++row) {
    const auto own = scores.subspan(row * linear.outputs, linear.outputs);
    judged.guess[row] = static_cast<std::uint32_t>(predicted_class(linear.head, own));
    if (linear.probabilities) {
      judged.log_loss[row] = log_loss(linear.head, own, judged.truth[row]);
      class_probabilities(linear.head, own, probabilities);
      judged.probability[row] = probabilities[classes == 2 ? 1 : judged.guess[row]];
    }
    for (std::size_t k = 0; k < ranked; ++k) {
      judged.scores[k * judged.rows + row] = ranking_score(linear, own, probabilities, classes, k);
    }
  }
}

template <class T>
JudgedRows judge_block(const Model& model, const Rows<T>& rows, std::span<const std::uint32_t> numbers, ThreadPool& pool) {
  const bool value = model.linear.head == HeadKind::value;
  const std::size_t targets = value ? model.linear.outputs : 1;
  JudgedRows judged;
  judged.rows = numbers.size();
  judged.weight.assign(judged.rows, 1);
  for (std::size_t i = 0; i < numbers.size() && !rows.weight.empty(); ++i) {
    judged.weight[i] = static_cast<double>(rows.weight[numbers[i]]);
  }
  std::vector<double> scores = linear_scores(model.linear, rows, numbers, pool);
  if (value) {
    judged.target.resize(judged.rows * targets);
    for (std::size_t i = 0; i < judged.target.size(); ++i) {
      judged.target[i % targets * judged.rows + i / targets] =
          static_cast<double>(rows.target[numbers[i / targets] * targets + i % targets]);
    }
    judge_numbers(model.linear, std::move(scores), judged);
    return judged;
  }
  const std::size_t classes = model.target.classes.size();
  for (const std::uint32_t number : numbers) {
    judged.truth.push_back(static_cast<std::uint32_t>(rows.target[number]));
    expects(judged.truth.back() < classes, "a target is the index of a class");
  }
  judge_classes(model.linear, scores, classes, judged);
  return judged;
}

}  // namespace

template <class T>
Result<void> judge(const Model& model, const Dataset<T>& data, ThreadPool& pool, Judged& judged) {
  const LinearModel& linear = model.linear;
  const bool value = linear.head == HeadKind::value;
  expects(data.store || data.target.size() == data.rows * (value ? linear.outputs : 1), "rows to evaluate on have their targets");
  judged.targets = value ? linear.outputs : 1;
  judged.classes = value ? 0 : model.target.classes.size();
  judged.probabilities = !value && linear.probabilities;
  const std::size_t block = rows_of_a_block(8 + 3 * linear.outputs + judged.classes);
  return each_block<T>(data, block, [&](const Rows<T>& rows, std::span<const std::uint32_t> numbers) {
    JudgedRows some = judge_block(model, rows, numbers, pool);
    const bool numbers_all = std::none_of(some.scores.begin(), some.scores.end(), [](double s) { return std::isnan(s); });
    judged.ordered = judged.ordered && numbers_all;
    return judged.append(std::move(some));
  });
}

template Result<void> judge(const Model&, const Dataset<float>&, ThreadPool&, Judged&);
template Result<void> judge(const Model&, const Dataset<double>&, ThreadPool&, Judged&);

}  // namespace fallline
