// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>

#include "fallline/optim/objective.hpp"
#include "fallline/train/descent.hpp"

namespace fallline {

namespace {

using Clock = std::chrono::steady_clock;

template <class T>
std::vector<T> cast(const std::vector<double>& theta) {
  std::vector<T> out(theta.size());
  std::transform(theta.begin(), theta.end(), out.begin(), [](double x) { return static_cast<T>(x); });
  return out;
}

Ending ending_of(const MethodReport& report, const Plan& plan, const FullLook& start) {
  if (!report.finite) {
    return Ending::not_finite;
  }
  if (report.gradient_norm <= plan.tolerance * start.gradient_norm) {
    return Ending::converged;
  }
  return report.stuck ? Ending::stuck : Ending::budget;
}

}  // namespace

template <class T>
Result<Descent<T>> descend_by_method(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                     const std::vector<Observer*>& observers, StopToken stop) {
  auto method = make_method(plan.optimizer);
  if (!method) {
    return method.error();
  }
  const auto begun = Clock::now();
  const Parameters<T> zero = problem.start();
  std::vector<double> theta(zero.size(), 0);
  std::vector<double> best = theta;
  double best_held = infinity;
  std::int64_t best_epoch = 0;
  Descent<T> descent;
  descent.start = problem.look(zero.values());
  const Objective objective = [&](std::span<const double> at, std::span<double> gradient) {
    return problem.value_and_gradient(at, gradient);
  };
  (*method)->start(theta);
  if (descent.start.gradient_norm == 0) {
    descent.ending = Ending::converged;
  }
  while (descent.ending == Ending::budget && descent.epochs < plan.steps) {
    const MethodReport report = (*method)->iterate(objective, theta, plan.learning_rate);
    const std::int64_t evaluations = std::max<std::int64_t>(1, report.evaluations);
    descent.steps += 1;
    descent.epochs += evaluations;
    descent.rows_seen += evaluations * static_cast<std::int64_t>(problem.training_rows().size());
    descent.ending = ending_of(report, plan, descent.start);
    const std::vector<T> now = cast<T>(theta);
    const double penalty = problem.penalty(now);
    const double loss = problem.in_data_units(report.value - penalty);
    EpochRecord record{
        {descent.steps, descent.epochs, descent.rows_seen, report.step_length, loss, report.gradient_norm, report.update_norm},
        loss,
        problem.in_data_units(report.value),
        std::nan(""),
        std::nan("")};
    if (!problem.validation_rows().empty()) {
      const Held held = look_at_validation<T>(problem, now);
      record.validation_loss = held.loss;
      record.validation_metric = held.metric;
      if (options.patience > 0 && held.loss < best_held) {
        best_held = held.loss;
        best = theta;
        best_epoch = descent.steps;
      } else if (options.patience > 0 && descent.steps - best_epoch >= options.patience && descent.ending == Ending::budget) {
        descent.ending = Ending::early;
      }
    }
    descent.history.push_back(record);
    for (Observer* observer : observers) {
      observer->on_step(record.last);
      observer->on_epoch(record);
    }
    if (descent.ending == Ending::budget && stop.stop_requested()) {
      descent.ending = Ending::interrupted;
    }
    if (descent.ending == Ending::budget && options.max_seconds &&
        std::chrono::duration<double>(Clock::now() - begun).count() > *options.max_seconds) {
      descent.ending = Ending::time;
    }
  }
  if (descent.ending == Ending::not_finite) {
    descent.where = "the objective was not finite where the search looked";
  }
  descent.theta = cast<T>(best_epoch > 0 ? best : theta);
  return descent;
}

template Result<Descent<float>> descend_by_method(Problem<float>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                  StopToken);
template Result<Descent<double>> descend_by_method(Problem<double>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                   StopToken);

}  // namespace fallline
