// SPDX-License-Identifier: Apache-2.0
// The learning-rate range test (after Smith 2017, "Cyclical learning rates"), bounded in steps and without a look at the clock.
#include <algorithm>
#include <cmath>
#include <vector>

#include "fallline/train/plan.hpp"
#include "fallline/train/row_order.hpp"
#include "fallline/train/rule_steps.hpp"

namespace fallline {

namespace {

constexpr std::size_t probe_rows = 4096;  // the loss is judged on this many rows
constexpr std::int64_t most_steps = 128;
constexpr int rates_up = 4;  // half decades above the rule's own default
constexpr int rates_down = 6;

/// The probe loss after a few steps from the start at one rate; infinity where it is not finite.
template <class T>
double loss_after(Problem<T>& problem, RuleSteps<T>& steps, double rate, std::span<const std::uint32_t> order, const Plan& plan) {
  Parameters<T> theta = problem.start();
  steps.start(theta);
  const std::size_t rows = std::min(order.size(), plan.batch_size);
  std::size_t at = 0;
  for (std::int64_t step = 0; step < std::min(most_steps, plan.steps); ++step) {
    steps.loss(plan.full_batch ? std::span<const std::uint32_t>() : order.subspan(at, rows), theta, step);
    if (!steps.step(theta, rate).finite) {
      return infinity;
    }
    at = at + 2 * rows <= order.size() ? at + rows : 0;
  }
  theta = steps.settled(theta);
  const double loss = problem.batch(order.first(std::min(order.size(), probe_rows)), theta.values(), {}) + problem.penalty(theta.values());
  return std::isfinite(loss) ? loss : infinity;
}

}  // namespace

template <class T>
Result<double> range_test(Problem<T>& problem, const TrainOptions& /*options*/, const Plan& plan) {
  auto steps = make_rule_steps<T>(problem, plan.optimizer, problem.chain(), plan.batch_size);
  if (!steps) {
    return steps.error();
  }
  const Result<double> own = default_learning_rate(plan.optimizer);
  if (!own) {
    return own.error();
  }
  RowOrder rows = problem.order(Purpose::range_test, true);
  rows.begin(0);
  const std::size_t needed = plan.full_batch ? 0 : static_cast<std::size_t>(most_steps + 1) * plan.batch_size;
  const std::span<const std::uint32_t> order = rows.next(std::max(probe_rows, needed));
  double best_rate = *own;
  double best = infinity;
  for (int k = -rates_down; k <= rates_up; ++k) {
    const double rate = *own * std::pow(10.0, k / 2.0);
    const double loss = loss_after(problem, **steps, rate, order, plan);
    if (loss < best) {
      best = loss;
      best_rate = rate;
    }
  }
  return best_rate;
}

template Result<double> range_test(Problem<float>&, const TrainOptions&, const Plan&);
template Result<double> range_test(Problem<double>&, const TrainOptions&, const Plan&);

}  // namespace fallline
