// SPDX-License-Identifier: Apache-2.0
// What the loops of methods do after each look at all rows: record it, look at the held-out rows, and say whether the run is over.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "fallline/train/descent.hpp"

namespace fallline {

template <class T>
class MethodLog {
 public:
  MethodLog(Problem<T>& problem, const TrainOptions& options, const std::vector<Observer*>& observers, StopToken stop,
            const CheckpointKeeper& keeper)
      : problem_(problem), options_(options), observers_(observers), stop_(stop), keeper_(keeper) {}

  template <class Archive>
  void state(Archive& archive) {
    archive("best", best_);
    archive("best_loss", best_held_);
    archive("best_look", best_look_);
    archive("looks", looks_);
  }

  bool stop_requested() const { return stop_.stop_requested(); }
  bool out_of_time() const { return options_.max_seconds && keeper_.seconds() > *options_.max_seconds; }

  static std::vector<T> cast(const std::vector<double>& theta) {
    std::vector<T> out(theta.size());
    std::transform(theta.begin(), theta.end(), out.begin(), [](double x) { return static_cast<T>(x); });
    return out;
  }

  /// Steps, epochs, rows and ending of `descent` are those of theta; objective in internal units.
  void record(Descent<T>& descent, const std::vector<double>& theta, double objective, double rate, double gradient_norm,
              double update_norm) {
    const std::vector<T> now = cast(theta);
    const double loss = problem_.in_data_units(objective - problem_.penalty(now));
    EpochRecord record{{descent.steps, descent.epochs, descent.rows_seen, rate, loss, gradient_norm, update_norm},
                       loss,
                       problem_.in_data_units(objective),
                       std::nan(""),
                       std::nan("")};
    ++looks_;
    if (problem_.rows(Part::held_out) > 0) {
      look_at_held(descent, theta, now, record);
    }
    descent.history.push_back(record);
    for (Observer* observer : observers_) {
      observer->on_step(record.last);
      observer->on_epoch(record);
    }
    if (descent.ending == Ending::budget && stop_.stop_requested()) {
      descent.ending = Ending::interrupted;
    }
    if (descent.ending == Ending::budget && out_of_time()) {
      descent.ending = Ending::time;
    }
  }

  /// The parameters to hand back: the best on the held-out rows where there is patience, else `last`.
  std::vector<T> chosen(const std::vector<double>& last) const { return cast(best_look_ > 0 ? best_ : last); }

 private:
  void look_at_held(Descent<T>& descent, const std::vector<double>& theta, const std::vector<T>& now, EpochRecord& record) {
    const Held held = look_at_validation<T>(problem_, now);
    record.validation_loss = held.loss;
    record.validation_metric = held.metric;
    if (options_.patience > 0 && held.loss < best_held_) {
      best_held_ = held.loss;
      best_ = theta;
      best_look_ = looks_;
    } else if (options_.patience > 0 && looks_ - best_look_ >= options_.patience && descent.ending == Ending::budget) {
      descent.ending = Ending::early;
    }
  }

  Problem<T>& problem_;
  const TrainOptions& options_;
  const std::vector<Observer*>& observers_;
  StopToken stop_;
  const CheckpointKeeper& keeper_;
  std::vector<double> best_;
  double best_held_ = infinity;
  std::int64_t best_look_ = 0;
  std::int64_t looks_ = 0;
};

}  // namespace fallline
