// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/objective.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/method_log.hpp"

namespace fallline {

namespace {

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
  MethodLog<T> log(problem, options, observers, stop);
  const Parameters<T> zero = problem.start();
  std::vector<double> theta(zero.size(), 0);
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
    log.record(descent, theta, report.value, report.step_length, report.gradient_norm, report.update_norm);
  }
  if (descent.ending == Ending::not_finite) {
    descent.where = "the objective was not finite where the search looked";
  }
  descent.theta = log.chosen(theta);
  return descent;
}

template Result<Descent<float>> descend_by_method(Problem<float>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                  StopToken);
template Result<Descent<double>> descend_by_method(Problem<double>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                   StopToken);

}  // namespace fallline
