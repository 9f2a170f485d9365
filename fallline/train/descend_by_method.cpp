// SPDX-License-Identifier: Apache-2.0
// Descent by a method that asks for the whole objective. A loss with a kink is rounded off over a width that shrinks by stages (the
// continuation of Becker, Bobin & Candes 2011, "NESTA", SIAM Journal on Imaging Sciences 4); what is left of the rounding at the end bounds
// the distance from the minimum of the loss itself.
#include <algorithm>
#include <cmath>

#include "fallline/optim/objective.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/method_log.hpp"

namespace fallline {

namespace {

// Widths are in units of the loss at the start, shares in parts of the objective, of which a small one counts as no_skill_share of the
// start's.
constexpr double first_width = 0.25;
constexpr double narrower = 0.25;
constexpr int most_stages = 14;
constexpr double excess_share = 5e-4;  // what the rounding may change in the end
constexpr double no_skill_share = 1e-2;
constexpr double early_tolerance = 1e-3;  // of all stages but the last
constexpr std::int64_t patience = 20;     // a stage ends after so many iterations that lower the objective by less than a share of:
constexpr double progress_share = 1e-6;

template <class T>
class MethodDescent {
 public:
  MethodDescent(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const std::vector<Observer*>& observers, StopToken stop)
      : problem_(problem), plan_(plan), log_(problem, options, observers, stop) {}

  Result<Descent<T>> run() {
    auto method = make_method(plan_.optimizer);
    if (!method) {
      return method.error();
    }
    method_ = std::move(*method);
    const Parameters<T> start = problem_.start();
    theta_.assign(start.values().begin(), start.values().end());
    descent_.start = problem_.look(MethodLog<T>::cast(theta_));
    if (descent_.start.gradient_norm == 0) {
      descent_.ending = Ending::converged;
    } else if (plan_.softens) {
      descend_by_stages();
    } else {
      descend(plan_.tolerance);
    }
    if (descent_.ending == Ending::not_finite) {
      descent_.where = "the objective was not finite where the search looked";
    }
    descent_.theta = log_.chosen(theta_);
    return std::move(descent_);
  }

 private:
  /// Iterates until something ends it; the report of the last iteration.
  MethodReport descend(double tolerance) {
    const Objective objective = [this](std::span<const double> at, std::span<double> gradient) {
      return problem_.value_and_gradient(at, gradient);
    };
    MethodReport report;
    descent_.ending = Ending::budget;
    method_->start(theta_);
    double milestone = infinity;
    std::int64_t milestone_step = descent_.steps;
    while (descent_.ending == Ending::budget && descent_.epochs < plan_.steps) {
      report = method_->iterate(objective, theta_, plan_.learning_rate);
      const std::int64_t evaluations = std::max<std::int64_t>(1, report.evaluations);
      descent_.steps += 1;
      descent_.epochs += evaluations;
      descent_.rows_seen += evaluations * static_cast<std::int64_t>(problem_.training_rows().size());
      if (!report.finite) {
        descent_.ending = Ending::not_finite;
      } else if (report.gradient_norm <= tolerance * descent_.start.gradient_norm) {
        descent_.ending = Ending::converged;
      } else if (report.stuck) {
        descent_.ending = Ending::stuck;
      }
      if (plan_.softens && report.value < milestone - progress_share * std::max(std::abs(report.value), floor())) {
        milestone = report.value;
        milestone_step = descent_.steps;
      } else if (plan_.softens && descent_.steps - milestone_step >= patience && descent_.ending == Ending::budget) {
        descent_.ending = Ending::stuck;  // what is left is rounding, which narrow widths magnify
      }
      log_.record(descent_, theta_, report.value, report.step_length, report.gradient_norm, report.update_norm);
    }
    return report;
  }

  double floor() const { return no_skill_share * std::abs(descent_.start.objective); }

  /// Stage after stage until the rounding is too small to matter, then once more to the full tolerance.
  void descend_by_stages() {
    double width = first_width * descent_.start.loss;
    for (int stage = 1; stage <= most_stages; ++stage, width *= narrower) {
      problem_.soften(width);
      const auto here = [&](const MethodReport& report) {
        const double objective = problem_.look(MethodLog<T>::cast(theta_)).objective;
        descent_.softening = Softening{report.gradient_norm, std::max(0.0, objective - report.value)};
        return descent_.softening->excess <= excess_share * std::max(std::abs(objective), floor());
      };
      bool near = here(descend(early_tolerance));
      if (near && descent_.ending == Ending::converged) {
        near = here(descend(plan_.tolerance));
      }
      if (near || (descent_.ending != Ending::converged && descent_.ending != Ending::stuck)) {
        return;
      }
    }
    descent_.ending = Ending::budget;
  }

  Problem<T>& problem_;
  const Plan& plan_;
  MethodLog<T> log_;
  std::unique_ptr<Method> method_;
  std::vector<double> theta_;
  Descent<T> descent_;
};

}  // namespace

template <class T>
Result<Descent<T>> descend_by_method(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                     const std::vector<Observer*>& observers, StopToken stop) {
  return MethodDescent<T>(problem, plan, options, observers, stop).run();
}

template Result<Descent<float>> descend_by_method(Problem<float>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                  StopToken);
template Result<Descent<double>> descend_by_method(Problem<double>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                   StopToken);

}  // namespace fallline
