// SPDX-License-Identifier: Apache-2.0
// Checkpoint: the state of a run as a value, and the files that hold it. State is parameters, slots, counters, positions and sums as named
// arrays; facts are texts: what the run was begun with, and what it was doing. Restored, a run goes on as if nothing had happened.
//
// A run directory holds the newest checkpoint and the one before it. A new one is written under a temporary name, synced, and then takes
// the place of the newest, which takes that of the one before: a crash at any moment leaves a whole one, at most one step of this behind.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/optim/optimizer.hpp"

namespace fallline {

using Facts = std::vector<std::pair<std::string, std::string>>;

struct Checkpoint {
  Facts facts;
  std::vector<StateArray> arrays;

  /// Null where there is none of this name.
  const std::string* fact(std::string_view name) const;
  const std::vector<double>* array(std::string_view name) const;
};

/// As it was found in a run directory.
struct FoundCheckpoint {
  Checkpoint state;
  bool newest = true;  // false: the newest was missing or broken, and this is the one before
  std::string note;    // what the user should know of that; empty: nothing
};

/// Where the newest checkpoint of a run directory stands.
std::string checkpoint_path(const std::string& folder);

/// Arrays whose numbers are all of float precision stand as such in the file. keep_previous: what is the newest now is whole and stays as
/// the one before.
Result<void> write_checkpoint(const Checkpoint& state, const std::string& folder, bool keep_previous);

/// The newest whole checkpoint of a run directory; nothing where there is none at all; a data error where there are only broken ones.
Result<std::optional<FoundCheckpoint>> find_checkpoint(const std::string& folder);

/// Takes checkpoints away: those of an earlier run in the directory of a new one.
void remove_checkpoints(const std::string& folder);

}  // namespace fallline
