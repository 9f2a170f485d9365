// SPDX-License-Identifier: Apache-2.0
// Going on with the run of a directory: its config.json stands beneath the command line, its checkpoint tells where the run is.
#pragma once

#include <optional>
#include <string>

#include "cli/option.hpp"
#include "cli/options.hpp"
#include "cli/parse.hpp"
#include "fallline/base/result.hpp"
#include "fallline/train/checkpoint.hpp"

namespace fallline::cli {

void add_checkpoints(OptionList& list, TrainRequest& to);

/// With --resume DIR: adds what DIR/config.json says and the command line left open. A budget on the command line stands for all of the
/// file's. Usage errors: --run elsewhere; nothing in DIR and no data named.
Result<void> read_resumed(const OptionList& options, Words& words);

/// Options in effect that a run must keep; those that do not change its numbers are left out, and the budget, which may grow.
Facts kept_options(const OptionList& options);

/// What the run directory holds to go on from, checked against the options in effect; nothing where there is no checkpoint yet.
Result<std::optional<FoundCheckpoint>> take_up(const std::string& folder, const Facts& options);

/// Makes the directory that of a new run: what an earlier one left to go on from is removed; told where that run was not finished.
std::string clear_for_new_run(const std::string& folder);

}  // namespace fallline::cli
