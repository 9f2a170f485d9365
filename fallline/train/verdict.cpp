// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/optim/objective.hpp"
#include "fallline/train/smoothness.hpp"

namespace fallline {

namespace {

constexpr double rounding = 100;   // a search that finds nothing lower this near to the tolerance has met rounding, not a wall
constexpr double softened = 1e-3;  // the same for a kink rounded off, whose curvature lifts the floor of rounding

std::string rows_of(std::size_t rows) { return grouped(static_cast<std::int64_t>(rows)) + " rows"; }

/// The largest stable rate of a gradient-descent-like rule on the full batch: 2 (1 + mu) / L (Polyak 1964; mu = 0: plain descent).
template <class T>
double largest_stable_rate(Problem<T>& problem, const Plan& plan, const TrainOptions& options) {
  const auto optimizer =
      plan.method ? Result<std::unique_ptr<Optimizer<T>>>(usage_error("")) : make_optimizer<T>(plan.optimizer, problem.chain());
  if (!optimizer || !(*optimizer)->info().gradient_descent_like) {
    return 0;
  }
  const Smoothness smoothness = measure_smoothness(problem, options.seed);
  double momentum = 0;
  bool nesterov = false;
  for (const FieldValue& field : (*optimizer)->info().fields) {
    momentum = field.info.name == "momentum" ? field.value : momentum;
    nesterov = field.info.name == "nesterov" ? field.value != 0 : nesterov;
  }
  const double reach = 2 * (1 + momentum) / (nesterov ? 1 + 2 * momentum : 1);
  return smoothness.known && smoothness.full > 0 ? reach / smoothness.full : 0;
}

template <class T>
void diverged(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const Descent<T>& descent, Run& run) {
  run.outcome = Outcome::diverged;
  run.evidence.emplace_back("step", static_cast<double>(descent.steps));
  run.evidence.emplace_back("learning_rate", plan.learning_rate);
  run.why = fmt::format("Diverged at step {}: {}.", descent.steps, descent.where);
  const double stable = largest_stable_rate(problem, plan, options);
  if (stable > 0) {
    run.evidence.emplace_back("largest_stable_learning_rate", stable);
    run.why += fmt::format(" The largest stable learning rate of the full batch is about {}; this run used {}.", brief(stable, 4),
                           brief(plan.learning_rate, 4));
  }
  run.why += stable > 0 && plan.learning_rate < stable ? " Try --clip-norm 1, a smaller --learning-rate, or leave it to auto."
                                                       : " Try a smaller --learning-rate, or leave it to auto.";
}

}  // namespace

template <class T>
void pass_verdict(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const Descent<T>& descent, Run& run) {
  const FullLook end = problem.look(descent.theta);
  const FullLook& start = descent.start;
  const double norm = descent.softening ? descent.softening->gradient_norm : end.gradient_norm;
  const double ratio = start.gradient_norm > 0 ? norm / start.gradient_norm : 0;
  run.train_loss = end.told_loss;
  run.objective = end.told_objective;
  run.evidence = {{"gradient_norm_ratio", ratio},
                  {"gradient_norm", norm},
                  {options.start ? "gradient_norm_at_fresh_start" : "gradient_norm_at_start", start.gradient_norm},
                  {"objective_at_start", start.told_objective}};
  std::string rows = rows_of(problem.rows(Part::training));
  if (descent.softening) {
    const double excess = problem.in_data_units(descent.softening->excess);
    run.evidence.emplace_back("softening_excess", excess);
    rows += fmt::format(", with the kink of the loss rounded off, which changes the objective by {} at most,", brief(excess, 2));
  }
  const std::string fell = fmt::format("the objective went from {} to {}", brief(start.told_objective), brief(run.objective));
  const std::string share = brief(ratio, 2) + (options.start ? " of that at a fresh start" : " of its start");
  const bool sound = std::isfinite(end.objective) && std::isfinite(end.gradient_norm);
  const bool from_zero =
      start.objective <= 0;  // the perceptron's loss is 0 at zero weights, Poisson's may be below: nothing to compare with
  const bool rose = !from_zero && end.objective >= start.objective;
  if (descent.ending == Ending::not_finite || !sound || (!from_zero && end.objective > 10 * std::max(start.objective, start.loss))) {
    diverged(problem, plan, options, descent, run);
  } else if (descent.ending == Ending::interrupted) {
    run.outcome = Outcome::interrupted;
    run.why = fmt::format("Interrupted after {} steps; {}.", descent.steps, fell);
  } else if (descent.ending == Ending::early) {
    run.outcome = Outcome::early_stopped;
    run.why = fmt::format("Stopped early: the held-out loss had not fallen for {} epochs; the best state is kept.", options.patience);
  } else if (ratio <= plan.tolerance && (!descent.softening || descent.ending == Ending::converged)) {
    run.outcome = Outcome::converged;
    run.why = fmt::format("Converged: the gradient over all {} fell to {}.", rows, share);
  } else if (descent.ending == Ending::stuck &&
             ratio <= (descent.softening ? std::max(softened, rounding * plan.tolerance) : rounding * plan.tolerance)) {
    run.outcome = Outcome::converged;
    run.why =
        fmt::format("Converged as far as rounding allows: no lower point was found, and the gradient over all {} fell to {}.", rows, share);
  } else if (descent.ending == Ending::stuck || rose) {
    run.outcome = Outcome::stalled;
    run.why = fmt::format("Stalled: after {} steps {}, and the gradient is still {}. {}", descent.steps, fell, share,
                          plan.line_search ? "Try another --optimizer, adam say."
                                           : fmt::format("Try another --learning-rate (this run used {}) or another --optimizer.",
                                                         brief(plan.learning_rate, 4)));
  } else {
    run.outcome = Outcome::budget;
    run.why = fmt::format(
        "The budget of {} was spent{}: {}; the gradient over all {} is {}.",
        descent.ending == Ending::time ? fmt::format("{} s", brief(*options.max_seconds)) : fmt::format("{} steps", grouped(descent.steps)),
        from_zero ? "" : " while still improving", fell, rows, share);
  }
}

template void pass_verdict(Problem<float>&, const Plan&, const TrainOptions&, const Descent<float>&, Run&);
template void pass_verdict(Problem<double>&, const Plan&, const TrainOptions&, const Descent<double>&, Run&);

}  // namespace fallline
