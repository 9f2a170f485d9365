// SPDX-License-Identifier: Apache-2.0
// A training run from files to a result in memory: read, fit the encoder, encode, train. Tells on stderr what a person should know.
#pragma once

#include <chrono>
#include <string>

#include "cli/options.hpp"
#include "cli/train_result.hpp"
#include "fallline/base/stop.hpp"

namespace fallline::cli {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

/// What --explain-input prints: reads and decides, and trains nothing.
Result<std::string> explain_training(const TrainRequest& request, StopToken stop);

/// checkpoints: where the run keeps its state and what it goes on from. begun: when the time of reading is counted from.
Result<TrainResult> run_training(const TrainRequest& request, CheckpointOptions checkpoints, Clock::time_point begun, StopToken stop);

}  // namespace fallline::cli
