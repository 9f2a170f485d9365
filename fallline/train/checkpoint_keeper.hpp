// SPDX-License-Identifier: Apache-2.0
// CheckpointKeeper: when a run's state is written, where, and what it goes on from. A run is anything with `state(archive)`
// (checkpoint_state.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "fallline/train/checkpoint.hpp"
#include "fallline/train/checkpoint_state.hpp"

namespace fallline {

/// Where and how often a run keeps its state. Writing it takes time and changes nothing.
struct CheckpointOptions {
  std::string folder = {};    // the run directory; "": nothing is kept
  double every_seconds = 60;  // between two checkpoints, or, where every_steps is above 0,
  std::int64_t every_steps = 0;
  Facts options = {};  // that a resumed run must have as it was begun with, by name; empty: as options_told has them
  std::optional<FoundCheckpoint> resume = {};  // what to go on from
};

class CheckpointKeeper {
 public:
  /// base: facts and arrays that every checkpoint of the run holds.
  CheckpointKeeper(CheckpointOptions options, Checkpoint base);

  bool resumes() const { return options_.resume.has_value(); }

  /// Sets the run to where the checkpoint left it, and lets go of the checkpoint.
  template <class R>
  Result<void> restore(R& run) {
    StateReader reader(options_.resume->state);
    reader("seconds", earlier_seconds_);
    run.state(reader);
    options_.resume.reset();
    return reader.well();
  }

  /// Whether it is time after this step. The clock is looked at only where `look` is true (for steps that are shorter than a look).
  bool due(std::int64_t step, bool look = true) const;

  /// Writes the run's state; nothing without a folder.
  template <class R>
  Result<void> keep(R& run) {
    if (options_.folder.empty()) {
      return {};
    }
    Checkpoint state = base_;
    StateWriter writer(state);
    writer("seconds", seconds());
    run.state(writer);
    return write(state);
  }

  /// Of training, those before the resume too.
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  Result<void> write(const Checkpoint& state);

  CheckpointOptions options_;
  Checkpoint base_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point last_ = begun_;
  double earlier_seconds_ = 0;
  bool newest_is_whole_;
};

}  // namespace fallline
