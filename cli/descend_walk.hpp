// SPDX-License-Identifier: Apache-2.0
// One descent from one start, ended where it leaves ten times its box.
#pragma once

#include <cstddef>
#include <vector>

#include "cli/descend_options.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/model/landscape.hpp"
#include "fallline/optim/minimize.hpp"

namespace fallline::cli {

/// seed: of the noise. One landscape serves one walk at a time.
Result<MinimizeResult> walk(const DescendRequest& request, Landscape& landscape, const std::vector<double>& start, std::uint64_t seed,
                            bool with_path, StopToken stop);

/// "(1, 1)" with `digits`; of many coordinates the first.
std::string point_text(const std::vector<double>& x, int digits = 6);

}  // namespace fallline::cli
