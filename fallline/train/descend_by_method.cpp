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
  MethodDescent(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const std::vector<Observer*>& observers, StopToken stop,
                CheckpointKeeper& keeper)
      : problem_(problem), plan_(plan), log_(problem, options, observers, stop, keeper), keeper_(keeper) {}

  Result<Descent<T>> run() {
    auto method = make_method(plan_.optimizer);
    if (!method) {
      return method.error();
    }
    method_ = std::move(*method);
    const Parameters<T> start = problem_.start();
    theta_.assign(start.values().begin(), start.values().end());
    if (auto begun = begin(); !begun) {
      return begun.error();
    }
    while (descent_.start.gradient_norm != 0 && descend() && next()) {
    }
    if (fault_) {
      return *fault_;
    }
    if (descent_.start.gradient_norm == 0) {
      descent_.ending = Ending::converged;
    } else if (descent_.ending == Ending::not_finite) {
      descent_.where = "the objective was not finite where the search looked";
    }
    descent_.theta = log_.chosen(theta_);
    return std::move(descent_);
  }

  /// As it is after an iteration, which may be the last of its stage.
  template <class Archive>
  void state(Archive& archive) {
    archive("theta", std::span(theta_));
    archive("method", *method_);
    archive("stage", stage_);
    archive("stage.width", width_);
    archive("stage.polishes", polishes_);
    archive("stage.milestone", milestone_);
    archive("stage.milestone_step", milestone_step_);
    archive("report.value", report_.value);
    archive("report.gradient_norm", report_.gradient_norm);
    log_.state(archive);
    descent_.state(archive);
  }

 private:
  /// At the start, or where the checkpoint left the run.
  Result<void> begin() {
    if (keeper_.resumes()) {
      method_->start(theta_);
      const auto restored = keeper_.restore(*this);
      if (restored && plan_.softens) {
        problem_.soften(width_);
      }
      return restored;
    }
    descent_.start = problem_.first_look(MethodLog<T>::cast(theta_));
    width_ = first_width * descent_.start.loss;
    begin_stage();
    return {};
  }

  void begin_stage() {
    if (plan_.softens) {
      problem_.soften(width_);
    }
    method_->start(theta_);
    descent_.ending = Ending::budget;
    milestone_ = infinity;
    milestone_step_ = descent_.steps;
  }

  /// Iterates until something ends the stage; false where the state could not be written.
  bool descend() {
    const Objective objective = [this](std::span<const double> at, std::span<double> gradient) {
      return problem_.value_and_gradient(at, gradient);
    };
    const double tolerance = plan_.softens && !polishes_ ? early_tolerance : plan_.tolerance;
    while (descent_.ending == Ending::budget && descent_.epochs < plan_.steps) {
      iterate(objective, tolerance);
      const bool over = descent_.ending != Ending::budget || descent_.epochs >= plan_.steps || problem_.feed().fault();
      if ((over || keeper_.due(descent_.steps)) && !keep()) {
        return false;
      }
    }
    return true;
  }

  void iterate(const Objective& objective, double tolerance) {
    report_ = method_->iterate(objective, theta_, plan_.learning_rate);
    const std::int64_t evaluations = std::max<std::int64_t>(1, report_.evaluations);
    descent_.steps += 1;
    descent_.epochs += evaluations;
    descent_.rows_seen += evaluations * static_cast<std::int64_t>(problem_.rows(Part::training));
    if (!report_.finite) {
      descent_.ending = Ending::not_finite;
    } else if (report_.gradient_norm <= tolerance * descent_.start.gradient_norm) {
      descent_.ending = Ending::converged;
    } else if (report_.stuck) {
      descent_.ending = Ending::stuck;
    }
    if (plan_.softens && report_.value < milestone_ - progress_share * std::max(std::abs(report_.value), floor())) {
      milestone_ = report_.value;
      milestone_step_ = descent_.steps;
    } else if (plan_.softens && descent_.steps - milestone_step_ >= patience && descent_.ending == Ending::budget) {
      descent_.ending = Ending::stuck;  // what is left is rounding, which narrow widths magnify
    }
    log_.record(descent_, theta_, report_.value, report_.step_length, report_.gradient_norm, report_.update_norm);
  }

  bool keep() {
    if (problem_.feed().fault()) {
      fault_ = problem_.feed().fault();  // what it came to since is not worth keeping
    } else if (auto kept = keeper_.keep(*this); !kept) {
      fault_ = kept.error();
    }
    return !fault_;
  }

  double floor() const { return no_skill_share * std::abs(descent_.start.objective); }

  /// Whether the rounding is too small to matter where the stage has ended.
  bool is_near() {
    const double objective = problem_.look(MethodLog<T>::cast(theta_)).objective;
    descent_.softening = Softening{report_.gradient_norm, std::max(0.0, objective - report_.value)};
    return descent_.softening->excess <= excess_share * std::max(std::abs(objective), floor());
  }

  /// Stage after stage until the rounding is too small to matter, then once more to the full tolerance; false: that was the last.
  bool next() {
    if (!plan_.softens) {
      return false;
    }
    const bool near = is_near();
    if (near && descent_.ending == Ending::converged && !polishes_) {
      polishes_ = true;
      begin_stage();
      return true;
    }
    if (near || (descent_.ending != Ending::converged && descent_.ending != Ending::stuck)) {
      return false;
    }
    if (stage_ == most_stages) {
      descent_.ending = Ending::budget;
      return false;
    }
    ++stage_;
    width_ *= narrower;
    polishes_ = false;
    begin_stage();
    return true;
  }

  Problem<T>& problem_;
  const Plan& plan_;
  MethodLog<T> log_;
  CheckpointKeeper& keeper_;
  std::optional<Error> fault_;
  std::unique_ptr<Method> method_;
  std::vector<double> theta_;
  int stage_ = 1;          // while the kink of the loss is rounded off
  double width_ = 0;       // over which it is
  bool polishes_ = false;  // the stage is gone through once more, to the full tolerance
  double milestone_ = infinity;
  std::int64_t milestone_step_ = 0;
  MethodReport report_;
  Descent<T> descent_;
};

}  // namespace

template <class T>
Result<Descent<T>> descend_by_method(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                     const std::vector<Observer*>& observers, StopToken stop, CheckpointKeeper& keeper) {
  return MethodDescent<T>(problem, plan, options, observers, stop, keeper).run();
}

template Result<Descent<float>> descend_by_method(Problem<float>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                  StopToken, CheckpointKeeper&);
template Result<Descent<double>> descend_by_method(Problem<double>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                   StopToken, CheckpointKeeper&);

}  // namespace fallline
