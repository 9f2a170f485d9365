// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "fallline/base/numbers.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/layer_watch.hpp"
#include "fallline/train/row_order.hpp"
#include "fallline/train/rule_steps.hpp"

namespace fallline {

namespace {

constexpr double exploded = 1e8;    // a batch loss this many times the loss at the start will not come back
constexpr std::int64_t looks = 20;  // full-data tests of convergence in a run, when it may stop by itself

/// The coordinate of the gradient that is not finite, or else the largest: "weights[3]" or the name of its column.
template <class T>
std::string worst_coordinate(const Parameters<T>& gradient, const Problem<T>& problem, const TrainOptions& options) {
  const auto values = gradient.values();
  std::size_t worst = 0;
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (!std::isfinite(values[j])) {
      worst = j;
      break;
    }
    if (std::abs(values[j]) > std::abs(values[worst])) {
      worst = j;
    }
  }
  for (std::size_t k = gradient.tensors(); k-- > 0;) {
    if (worst >= gradient.offset(k)) {
      const TensorInfo& tensor = gradient.info(k);
      const std::size_t place = worst - gradient.offset(k);
      const std::size_t last = place % tensor.shape.back();
      const bool first_layer = k == 0 && tensor.shape.size() == 2;
      if (first_layer && options.feature_name) {
        const std::size_t feature = problem.has_hidden_layers() ? place / tensor.shape.back() : last;
        return fmt::format("{} of column '{}'", tensor.name, options.feature_name(problem.feature_of_data(feature)));
      }
      return fmt::format("{}[{}]", tensor.name, last);
    }
  }
  return "parameters";
}

template <class T>
class RuleDescent {
 public:
  RuleDescent(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const std::vector<Observer*>& observers, StopToken stop,
              CheckpointKeeper& keeper)
      : problem_(problem),
        plan_(plan),
        options_(options),
        observers_(observers),
        stop_(stop),
        keeper_(keeper),
        watch_(observers),
        order_(problem.order(Purpose::row_order, options.shuffle)) {}

  Result<Descent<T>> run() {
    if (watch_.asked()) {
      problem_.watch_units();
    }
    ChainOptions chain = problem_.chain();
    chain.average = plan_.average == Average::off ? chain.average : plan_.average;
    const auto schedule =
        make_schedule(plan_.schedule, std::max<std::int64_t>(1, plan_.schedule_steps / std::max<std::int64_t>(1, chain.accumulate)));
    if (!schedule) {
      return schedule.error();
    }
    schedule_ = *schedule;
    auto steps = make_rule_steps<T>(problem_, plan_.optimizer, chain, plan_.batch_size, schedule_);
    if (!steps) {
      return steps.error();
    }
    steps_ = std::move(*steps);
    if (auto begun = begin(); !begun) {
      return begun.error();
    }
    while (descent_.ending == Ending::budget && (place_ > 0 || descent_.steps < plan_.steps) && epoch()) {
    }
    if (fault_) {
      return *fault_;
    }
    finish();
    return std::move(descent_);
  }

  /// As it is after a step: the epoch may have come to its last row, but is not ended.
  template <class Archive>
  void state(Archive& archive) {
    std::vector<T> buffers = problem_.buffers();
    archive("theta", theta_.values());
    archive("buffers", std::span(buffers));
    good_.state(archive, "epoch.start");
    best_.state(archive, "best");
    archive("best_epoch", best_epoch_);
    archive("optimizer", *steps_);
    archive("epoch.place", place_);
    archive("epoch.loss", loss_);
    archive("step.learning_rate", record_.learning_rate);
    archive("step.train_loss", record_.train_loss);
    archive("step.gradient_norm", record_.gradient_norm);
    archive("step.update_norm", record_.update_norm);
    descent_.state(archive);
    if constexpr (Archive::reads) {
      problem_.set_buffers(buffers);
    }
  }

 private:
  /// Parameters, and what else training changes.
  struct Point {
    std::vector<T> theta;
    std::vector<T> buffers;

    template <class Archive>
    void state(Archive& archive, const std::string& name) {
      archive(name, theta);
      archive(name + ".buffers", buffers);
    }
  };

  Point point(const Parameters<T>& theta) const { return {{theta.values().begin(), theta.values().end()}, problem_.buffers()}; }

  bool fits(const Point& point) const { return point.theta.size() == theta_.size() && point.buffers.size() == problem_.buffers().size(); }

  /// At the start, or where the checkpoint left the run.
  Result<void> begin() {
    theta_ = problem_.start();
    good_ = point(theta_);
    steps_->start(theta_);
    if (!keeper_.resumes()) {
      descent_.start = problem_.first_look(theta_.values());
      return {};
    }
    if (auto restored = keeper_.restore(*this); !restored) {
      return restored;
    }
    const bool has_best = best_epoch_ > 0;
    if (place_ > problem_.rows(Part::training) || best_epoch_ > static_cast<std::int64_t>(descent_.history.size()) || !fits(good_) ||
        (has_best ? !fits(best_) : !best_.theta.empty())) {
      return data_error("The checkpoint tells of rows or epochs that this run does not have. It was written by another run or changed.");
    }
    record_.step = descent_.steps;
    record_.epoch = descent_.epochs;
    record_.rows_seen = descent_.rows_seen;
    for (const EpochRecord& record : descent_.history) {
      show_to_schedule(record);
    }
    return {};
  }

  /// One pass over the training rows, or what is left of it; false: the run is over.
  bool epoch() {
    if (place_ == 0) {
      problem_.forget_units();
      good_ = point(steps_->settled(theta_));
      ++descent_.epochs;
      loss_ = 0;
    }
    if (!plan_.full_batch) {
      order_.begin(static_cast<std::uint32_t>(descent_.epochs), place_);
    }
    while (place_ < problem_.rows(Part::training) && descent_.steps < plan_.steps && descent_.ending == Ending::budget) {
      const std::size_t before = place_;
      const bool well = step();
      if (problem_.feed().fault()) {
        fault_ = problem_.feed().fault();
        return false;
      }
      if (!well) {
        keep();
        return false;
      }
      loss_ += record_.train_loss * static_cast<double>(place_ - before);
      const bool stopping = interrupted();
      if ((stopping || descent_.steps >= plan_.steps || keeper_.due(descent_.steps)) && !keep()) {
        return false;
      }
    }
    const bool over = end_of_epoch(loss_ / static_cast<double>(place_));
    place_ = 0;
    if ((descent_.ending == Ending::early || descent_.ending == Ending::converged) && descent_.steps < plan_.steps) {
      keep();  // else it was kept before the epoch's end, which comes to the same again
    }
    return !over;
  }

  /// Writes a checkpoint; false where it could not be written, which ends the run.
  bool keep() {
    if (problem_.feed().fault()) {
      fault_ = problem_.feed().fault();  // what it came to since is not worth keeping
    } else if (auto kept = keeper_.keep(*this); !kept) {
      fault_ = kept.error();
    }
    return !fault_;
  }

  /// Mean loss and gradient over the next batch of the epoch.
  double next_batch() {
    const auto batch = plan_.full_batch ? std::span<const std::uint32_t>() : order_.next(plan_.batch_size);
    place_ += plan_.full_batch ? problem_.rows(Part::training) : batch.size();
    return steps_->loss(batch, theta_, descent_.steps);
  }

  bool step() {
    const double rate = schedule_.rate(steps_->steps(), plan_.learning_rate);
    if (schedule_.momentum) {
      steps_->set_momentum(schedule_.momentum(steps_->steps()));
    }
    const std::size_t before = place_;
    const double loss = next_batch();
    ++descent_.steps;
    descent_.rows_seen += static_cast<std::int64_t>(place_ - before);
    const bool sane = std::isfinite(loss) && (descent_.start.loss <= 0 || loss <= exploded * descent_.start.loss);
    const std::string worst = sane ? "" : worst_coordinate(steps_->gradient(), problem_, options_);
    StepReport report;
    if (sane) {
      if (watch_.asked()) {
        watch_.before(steps_->settled(theta_), steps_->gradient());
      }
      report = steps_->step(theta_, rate);
      if (watch_.asked()) {
        watch_.after(steps_->settled(theta_), descent_.steps, problem_.units());
      }
    }
    record_ = {descent_.steps,       descent_.epochs,   descent_.rows_seen, rate, problem_.in_data_units(loss),
               report.gradient_norm, report.update_norm};
    for (Observer* observer : observers_) {
      observer->on_step(record_);
    }
    if (sane && report.finite) {
      return true;
    }
    descent_.ending = Ending::not_finite;
    descent_.where = fmt::format("the loss of the batch was {} and the gradient was worst at {}", brief(problem_.in_data_units(loss), 4),
                                 sane ? worst_coordinate(steps_->gradient(), problem_, options_) : worst);
    std::copy(good_.theta.begin(), good_.theta.end(), theta_.values().begin());
    problem_.set_buffers(good_.buffers);
    return false;
  }

  bool interrupted() {
    if (stop_.stop_requested()) {
      descent_.ending = Ending::interrupted;
      return true;
    }
    if (options_.max_seconds && keeper_.seconds() > *options_.max_seconds) {
      descent_.ending = Ending::time;
      return true;
    }
    return false;
  }

  /// Records the epoch and asks whether to stop. mean_loss in the units of the data.
  bool end_of_epoch(double mean_loss) {
    const Parameters<T> now = steps_->evaluation(theta_);
    EpochRecord record{record_, mean_loss, mean_loss + problem_.in_data_units(problem_.penalty(now.values())), std::nan(""), std::nan("")};
    if (problem_.rows(Part::held_out) > 0) {
      const Held held = look_at_validation<T>(problem_, now.values());
      record.validation_loss = held.loss;
      record.validation_metric = held.metric;
    }
    descent_.history.push_back(record);
    show_to_schedule(record);
    for (Observer* observer : observers_) {
      observer->on_epoch(record);
    }
    return descent_.ending != Ending::budget || early(record, now) || converged(now);
  }

  /// A schedule that follows the loss sees one measure an epoch.
  void show_to_schedule(const EpochRecord& record) {
    if (schedule_.observe) {
      schedule_.observe(std::isnan(record.validation_loss) ? record.train_loss : record.validation_loss);
    }
  }

  bool early(const EpochRecord& record, const Parameters<T>& now) {
    if (options_.patience == 0 || std::isnan(record.validation_loss)) {
      return false;
    }
    if (best_.theta.empty() || record.validation_loss < descent_.history[static_cast<std::size_t>(best_epoch_ - 1)].validation_loss) {
      best_ = point(now);
      best_epoch_ = descent_.epochs;
      return false;
    }
    if (descent_.epochs - best_epoch_ < options_.patience) {
      return false;
    }
    descent_.ending = Ending::early;
    return true;
  }

  bool converged(const Parameters<T>& now) {
    const std::int64_t epochs = std::max<std::int64_t>(1, plan_.schedule_steps / plan_.steps_per_epoch);
    const std::int64_t every = plan_.full_batch ? 10 : std::max<std::int64_t>(1, epochs / looks);
    if (!plan_.stops_when_converged || descent_.epochs % every != 0) {
      return false;
    }
    if (problem_.look(now.values()).gradient_norm > plan_.tolerance * descent_.start.gradient_norm) {
      return false;
    }
    descent_.ending = Ending::converged;
    return true;
  }

  void finish() {
    const bool keep_best = options_.patience > 0 && !best_.theta.empty() && descent_.ending != Ending::not_finite;
    if (keep_best) {
      problem_.set_buffers(best_.buffers);
    }
    const Parameters<T> last = descent_.ending == Ending::not_finite ? theta_ : steps_->evaluation(theta_);
    const std::span<const T> values = keep_best ? std::span<const T>(best_.theta) : last.values();
    descent_.theta.assign(values.begin(), values.end());
  }

  Problem<T>& problem_;
  const Plan& plan_;
  const TrainOptions& options_;
  const std::vector<Observer*>& observers_;
  StopToken stop_;
  CheckpointKeeper& keeper_;
  LayerWatch<T> watch_;
  std::optional<Error> fault_;
  std::unique_ptr<RuleSteps<T>> steps_;
  Schedule schedule_;
  Parameters<T> theta_;
  Point good_;  // as the epoch began
  Point best_;  // on the held-out rows
  std::int64_t best_epoch_ = 0;
  std::size_t place_ = 0;  // rows of this epoch that were trained on; 0: the next epoch is to begin
  double loss_ = 0;        // their sum
  RowOrder order_;
  StepRecord record_;
  Descent<T> descent_;
};

}  // namespace

template <class T>
Result<Descent<T>> descend_by_rule(Problem<T>& problem, const Plan& plan, const TrainOptions& options,
                                   const std::vector<Observer*>& observers, StopToken stop, CheckpointKeeper& keeper) {
  return RuleDescent<T>(problem, plan, options, observers, stop, keeper).run();
}

template <class T>
Held look_at_validation(Problem<T>& problem, std::span<const T> theta) {
  Held held;
  held.loss = problem.in_data_units(problem.batch(Part::held_out, theta, {}));
  held.metric = problem.metric(Part::held_out, theta);
  return held;
}

template Result<Descent<float>> descend_by_rule(Problem<float>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&, StopToken,
                                                CheckpointKeeper&);
template Result<Descent<double>> descend_by_rule(Problem<double>&, const Plan&, const TrainOptions&, const std::vector<Observer*>&,
                                                 StopToken, CheckpointKeeper&);
template Held look_at_validation(Problem<float>&, std::span<const float>);
template Held look_at_validation(Problem<double>&, std::span<const double>);

}  // namespace fallline
