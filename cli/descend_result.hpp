// SPDX-License-Identifier: Apache-2.0
// How a descent is told: lines for a person, one JSON object, the trace.
#pragma once

#include <string>

#include "cli/descend_options.hpp"
#include "cli/descend_run.hpp"

namespace fallline::cli {

std::string descend_text(const DescendRequest& request, const Landscape& landscape, const Descended& descended);
std::string descend_json(const DescendRequest& request, const Landscape& landscape, const Descended& descended);

/// step,x0,x1,...,value,gradient_norm with 17 significant digits; row 0 is the start.
std::string trace_csv(const MinimizeResult& end);

}  // namespace fallline::cli
