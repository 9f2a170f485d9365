// SPDX-License-Identifier: Apache-2.0
// train --explain-input: every column of the data, its role and what was decided for it, before anything is trained.
#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline::cli {

std::string explain_text(const Schema& schema, const FittedEncoder& fitted, const TrainRequest& request);
std::string explain_json(const Schema& schema, const FittedEncoder& fitted, const TrainRequest& request,
                         const std::vector<std::string>& notes, const std::vector<std::string>& warnings);

}  // namespace fallline::cli
