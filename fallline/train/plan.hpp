// SPDX-License-Identifier: Apache-2.0
// The plan of a run: what the user leaves open is decided here, each choice with its reason.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/train/problem.hpp"
#include "fallline/train/smoothness.hpp"
#include "fallline/train/train.hpp"

namespace fallline {

struct Plan {
  std::string optimizer;     // a spec; penalties and the other stages are in Problem::chain()
  bool method = false;       // one with a closure, on the full batch, or
  bool by_rows = false;      // one for finite sums, on single rows
  bool softens = false;      // the method works on the loss with its kink rounded off, ever less
  bool line_search = false;  // the method finds each step's length; learning_rate is where it begins
  double learning_rate = 0;
  std::string schedule = "constant";
  std::size_t batch_size = 0;  // rows, at most those that train; equal to them is the full batch
  bool full_batch = false;
  std::int64_t steps = 0;           // budget of optimiser calls (or gradient evaluations of a method)
  std::int64_t schedule_steps = 0;  // those of the budget that the run was begun with: a larger one does not stretch the schedule
  std::int64_t steps_per_epoch = 1;
  bool stops_when_converged = true;  // false: a budget given by the user is spent as told
  double tolerance = 0;              // relative gradient norm that counts as converged
  Average average = Average::off;
  std::vector<std::string> choices;

  /// All of it, for checkpoints.
  template <class Archive>
  void state(Archive& archive) {
    archive("plan.optimizer", optimizer);
    archive("plan.method", method);
    archive("plan.by_rows", by_rows);
    archive("plan.softens", softens);
    archive("plan.line_search", line_search);
    archive("plan.learning_rate", learning_rate);
    archive("plan.schedule", schedule);
    archive("plan.batch_size", batch_size);
    archive("plan.full_batch", full_batch);
    archive("plan.steps", steps);
    archive("plan.schedule_steps", schedule_steps);
    archive("plan.steps_per_epoch", steps_per_epoch);
    archive("plan.stops_when_converged", stops_when_converged);
    archive("plan.tolerance", tolerance);
    archive("plan.average", average);
    archive("plan.choices", choices);
  }
};

/// May run a bounded number of probing steps (curvature, range test) on `problem`.
template <class T>
Result<Plan> make_plan(Problem<T>& problem, const TrainOptions& options);

/// The budget that the options ask for, where they ask for one; the rest of the plan stays.
void renew_budget(const TrainOptions& options, Plan& plan);

/// A learning rate for rules without a curvature bound: several rates, a few steps each (no more than the run will make) on the same
/// batches; the one that ends lowest wins. Bounded in steps, never in time.
template <class T>
Result<double> range_test(Problem<T>& problem, const TrainOptions& options, const Plan& plan);

}  // namespace fallline
