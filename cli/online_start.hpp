// SPDX-License-Identifier: Apache-2.0
// What a run of --online begins with: from nothing, from a model, or from a checkpoint.
#pragma once

#include <string>
#include <vector>

#include "cli/online_input.hpp"
#include "cli/options.hpp"
#include "fallline/train/checkpoint.hpp"
#include "fallline/train/online.hpp"

namespace fallline::cli {

/// notes, warnings: for a person.
struct OnlineStart {
  OnlineSetup setup;
  Plan plan;
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
};

/// Waits for the first rows where something is to be learnt of them: the encoder, which --init-from has, or the learning rate.
template <class T>
Result<OnlineStart> start_anew(const TrainRequest& request, OnlineInput& input, ThreadPool& pool);

/// Where a checkpoint with the facts of checkpoint_of was begun.
Result<OnlineStart> start_from(const Checkpoint& state, const TrainRequest& request, OnlineInput& input);

/// What every checkpoint of the run holds. options: that a resumed run must have as they are.
Checkpoint checkpoint_of(const OnlineStart& start, const OnlineInput& input, const Facts& options);

}  // namespace fallline::cli
