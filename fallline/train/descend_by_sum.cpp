// SPDX-License-Identifier: Apache-2.0
// svrg, saga and sag: one row a step, drawn with replacement, and a look at all rows after each epoch.
#include <algorithm>
#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/method_log.hpp"
#include "fallline/train/row_sum.hpp"

namespace fallline {

namespace {

constexpr double exploded = 1e8;                  // an objective this many times the one at the start will not come back
constexpr std::int64_t steps_between_looks = 64;  // at the clock, which takes as long as a short step

template <class T>
class SumDescent {
 public:
  SumDescent(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const SumMethodChoice& choice, const Schedule& schedule,
             MethodLog<T>& log, CheckpointKeeper& keeper)
      : problem_(problem),
        plan_(plan),
        options_(options),
        choice_(choice),
        schedule_(schedule),
        log_(log),
        keeper_(keeper),
        sum_(row_sum(problem)),
        penalised_(problem.outputs() * problem.features()) {}

  Result<Descent<T>> run() {
    if (auto begun = begin(); !begun) {
      return begun.error();
    }
    while (descent_.ending == Ending::budget && (in_epoch_ || descent_.steps < plan_.steps) && epoch()) {
    }
    if (fault_) {
      return *fault_;
    }
    descent_.theta = log_.chosen(theta_);
    return std::move(descent_);
  }

  /// As it is after a step: the epoch may have come to its last row, but is not ended.
  template <class Archive>
  void state(Archive& archive) {
    archive("theta", std::span(theta_));
    archive("epoch.start", std::span(before_));
    archive("epoch.begun", in_epoch_);
    archive("step.learning_rate", rate_);
    archive("method", *method_);
    log_.state(archive);
    descent_.state(archive);
  }

 private:
  /// At the start, or where the checkpoint left the run.
  Result<void> begin() {
    const Parameters<T> zero = problem_.start();
    theta_.assign(zero.size(), 0);
    direction_ = theta_;
    before_ = theta_;
    method_ = choice_.begin(sum_, theta_);
    if (keeper_.resumes()) {
      return keeper_.restore(*this);
    }
    descent_.start = problem_.look(zero.values());
    if (descent_.start.gradient_norm == 0) {
      descent_.ending = Ending::converged;
    }
    return {};
  }

  /// One step for each row, or what is left of them, and a look at all rows; false: the state could not be written.
  bool epoch() {
    if (!in_epoch_) {
      before_ = theta_;
      ++descent_.epochs;
      in_epoch_ = true;
    }
    const std::int64_t last = std::min(plan_.steps, descent_.epochs * static_cast<std::int64_t>(sum_.rows));
    bool stopping = false;
    while (descent_.steps < last && !stopping) {
      rate_ = step();
      const bool look = descent_.steps % steps_between_looks == 0;
      stopping = log_.stop_requested() || (look && log_.out_of_time());
      const bool due = keeper_.due(descent_.steps, look);
      if ((stopping || descent_.steps >= plan_.steps || due) && !keep()) {
        return false;
      }
    }
    end_of_epoch();
    in_epoch_ = false;
    return descent_.ending == Ending::budget || stopping || descent_.steps >= plan_.steps || keep();  // kept before the epoch's end, or now
  }

  void end_of_epoch() {
    const FullLook look = problem_.look(MethodLog<T>::cast(theta_));
    const bool sane = std::isfinite(look.objective) && std::isfinite(look.gradient_norm) &&
                      (descent_.start.objective <= 0 || look.objective <= exploded * descent_.start.objective);
    if (!sane) {
      descent_.ending = Ending::not_finite;
      descent_.where = "the objective over all rows was " + brief(problem_.in_data_units(look.objective), 4);
      theta_ = before_;
      return;
    }
    if (plan_.stops_when_converged && look.gradient_norm <= plan_.tolerance * descent_.start.gradient_norm) {
      descent_.ending = Ending::converged;
    }
    double moved = 0;
    for (std::size_t j = 0; j < theta_.size(); ++j) {
      moved += (theta_[j] - before_[j]) * (theta_[j] - before_[j]);
    }
    log_.record(descent_, theta_, look.objective, rate_, look.gradient_norm, std::sqrt(moved));
  }

  bool keep() {
    if (auto kept = keeper_.keep(*this); !kept) {
      fault_ = kept.error();
    }
    return !fault_;
  }

  double step() {
    descent_.rows_seen += method_->direction(theta_, row_of_step(options_.seed, descent_.steps, sum_.rows), direction_);
    const double rate = schedule_.rate(descent_.steps++, plan_.learning_rate);
    const double l2 = problem_.chain().l2;
    for (std::size_t j = 0; j < theta_.size(); ++j) {
      theta_[j] -= rate * (direction_[j] + (j < penalised_ ? l2 * theta_[j] : 0));
    }
    return rate;
  }

  Problem<T>& problem_;
  const Plan& plan_;
  const TrainOptions& options_;
  const SumMethodChoice& choice_;
  const Schedule& schedule_;
  MethodLog<T>& log_;
  CheckpointKeeper& keeper_;
  std::optional<Error> fault_;
  FiniteSum sum_;
  std::size_t penalised_;
  std::unique_ptr<SumMethod> method_;
  std::vector<double> theta_;
  std::vector<double> direction_;
  std::vector<double> before_;  // as the epoch began
  bool in_epoch_ = false;
  double rate_ = 0;  // of the last step
  Descent<T> descent_;
};

}  // namespace

template <class T>
Result<Descent<T>> descend_by_sum(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                  const std::vector<Observer*>& observers, StopToken stop, CheckpointKeeper& keeper) {
  const auto choice = make_sum_method(plan.optimizer);
  const auto schedule = make_schedule(plan.schedule, plan.schedule_steps);
  if (!choice || !schedule) {
    return choice ? schedule.error() : choice.error();
  }
  MethodLog<T> log(problem, options, observers, stop, keeper);
  return SumDescent<T>(problem, plan, options, *choice, *schedule, log, keeper).run();
}

template Result<Descent<float>> descend_by_sum(Problem<float>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&, StopToken,
                                               CheckpointKeeper&);
template Result<Descent<double>> descend_by_sum(Problem<double>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                StopToken, CheckpointKeeper&);

}  // namespace fallline
