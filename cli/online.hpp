// SPDX-License-Identifier: Apache-2.0
// train --online: one pass over a stream of rows that need not end, each predicted before it is learnt.
#pragma once

#include <chrono>

#include "cli/options.hpp"
#include "cli/train_result.hpp"
#include "cli/training.hpp"
#include "fallline/base/stop.hpp"

namespace fallline::cli {

void add_online(OptionList& list, TrainRequest& to);

/// Options that do not go with --online are usage errors, each by its name.
Result<void> settle_online(const TrainRequest& request);

/// As run_training. The end of the stream is a spent budget.
Result<TrainResult> run_online(const TrainRequest& request, CheckpointOptions checkpoints, Clock::time_point begun, StopToken stop);

}  // namespace fallline::cli
