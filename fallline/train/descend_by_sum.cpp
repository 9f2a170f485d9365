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

constexpr double exploded = 1e8;  // an objective this many times the one at the start will not come back

template <class T>
class SumDescent {
 public:
  SumDescent(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const SumMethodChoice& choice, const Schedule& schedule)
      : problem_(problem),
        plan_(plan),
        options_(options),
        choice_(choice),
        schedule_(schedule),
        sum_(row_sum(problem)),
        penalised_(problem.outputs() * problem.features()) {}

  Descent<T> run(MethodLog<T>& log) {
    const Parameters<T> start = problem_.start();
    theta_.assign(start.values().begin(), start.values().end());
    direction_.assign(start.size(), 0);
    descent_.start = problem_.first_look(start.values());
    if (descent_.start.gradient_norm == 0) {
      descent_.ending = Ending::converged;
    } else {
      method_ = choice_.begin(sum_, theta_);
    }
    while (descent_.ending == Ending::budget && descent_.steps < plan_.steps) {
      epoch(log);
    }
    descent_.theta = log.chosen(theta_);
    return std::move(descent_);
  }

 private:
  void epoch(MethodLog<T>& log) {
    const std::vector<double> before = theta_;
    ++descent_.epochs;
    const std::int64_t last = std::min(plan_.steps, descent_.steps + static_cast<std::int64_t>(sum_.rows));
    double rate = 0;
    while (descent_.steps < last) {
      rate = step();
    }
    const FullLook look = problem_.look(MethodLog<T>::cast(theta_));
    const bool sane = std::isfinite(look.objective) && std::isfinite(look.gradient_norm) &&
                      (descent_.start.objective <= 0 || look.objective <= exploded * descent_.start.objective);
    if (!sane) {
      descent_.ending = Ending::not_finite;
      descent_.where = "the objective over all rows was " + brief(problem_.in_data_units(look.objective), 4);
      theta_ = before;
      return;
    }
    if (plan_.stops_when_converged && look.gradient_norm <= plan_.tolerance * descent_.start.gradient_norm) {
      descent_.ending = Ending::converged;
    }
    double moved = 0;
    for (std::size_t j = 0; j < theta_.size(); ++j) {
      moved += (theta_[j] - before[j]) * (theta_[j] - before[j]);
    }
    log.record(descent_, theta_, look.objective, rate, look.gradient_norm, std::sqrt(moved));
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
  FiniteSum sum_;
  std::size_t penalised_;
  std::unique_ptr<SumMethod> method_;
  std::vector<double> theta_;
  std::vector<double> direction_;
  Descent<T> descent_;
};

}  // namespace

template <class T>
Result<Descent<T>> descend_by_sum(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                  const std::vector<Observer*>& observers, StopToken stop) {
  const auto choice = make_sum_method(plan.optimizer);
  const auto schedule = make_schedule(plan.schedule, plan.steps);
  if (!choice || !schedule) {
    return choice ? schedule.error() : choice.error();
  }
  MethodLog<T> log(problem, options, observers, stop);
  return SumDescent<T>(problem, plan, options, *choice, *schedule).run(log);
}

template Result<Descent<float>> descend_by_sum(Problem<float>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&, StopToken);
template Result<Descent<double>> descend_by_sum(Problem<double>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                StopToken);

}  // namespace fallline
