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

constexpr double first_width = 0.25;  // in units of the loss at the start
constexpr double narrower = 0.1;      // each stage's width as a share of the one before
constexpr int most_stages = 8;
constexpr double excess_share = 1e-4;     // of the objective: the rounding changes no more than this in the end
constexpr double no_skill_share = 1e-2;   // an objective below this share of the start's counts as that much
constexpr double early_tolerance = 1e-3;  // of all stages but the last

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
    theta_.assign(problem_.start().size(), 0);
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
      log_.record(descent_, theta_, report.value, report.step_length, report.gradient_norm, report.update_norm);
    }
    return report;
  }

  /// Stage after stage until the rounding is too small to matter, then once more to the full tolerance.
  void descend_by_stages() {
    const double floor = no_skill_share * std::abs(descent_.start.objective);
    double width = first_width * descent_.start.loss;
    for (int stage = 1; stage <= most_stages; ++stage, width *= narrower) {
      problem_.soften(width);
      const auto here = [&](const MethodReport& report) {
        const double objective = problem_.look(MethodLog<T>::cast(theta_)).objective;
        descent_.softening = Softening{report.gradient_norm, std::max(0.0, objective - report.value)};
        return descent_.softening->excess <= excess_share * std::max(std::abs(objective), floor);
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
