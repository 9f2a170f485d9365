// SPDX-License-Identifier: Apache-2.0
// Several starts of one training, side by side, the best kept: where a network begins decides which valley it ends in. Start k, counted
// from 0, is the run that seed + k makes on the same rows: its own initial weights, order of rows and dropout, and the rows held out by the
// seed itself. So the first is the run that one start makes, and the result is the same for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fallline/train/train.hpp"

namespace fallline {

struct StartReport {
  std::uint64_t seed = 0;
  Outcome outcome = Outcome::budget;
  double objective = 0;                                    // over all training rows
  std::vector<std::pair<std::string, double>> validation;  // metrics, empty without rows held out
};

/// run: of the winner, the start with the lowest held-out loss, or, where no rows are held out, with the lowest objective; of equals the
/// first. One that diverged wins only where all did.
struct RestartedRun {
  Run run;
  std::size_t winner = 0;
  std::vector<StartReport> starts;
};

/// Each start has one thread; observers see the first alone. options.max_seconds is for all starts together. Errors are those of `train`,
/// and of usage where several starts would all begin at the same weights.
template <class T>
Result<RestartedRun> train_from_starts(std::size_t starts, const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model,
                                       const TrainOptions& options, ThreadPool& pool, const std::vector<Observer*>& observers = {},
                                       StopToken stop = {});

}  // namespace fallline
