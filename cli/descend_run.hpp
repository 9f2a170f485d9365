// SPDX-License-Identifier: Apache-2.0
// Descents from one start or from many, and what they came to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/descend_options.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/model/landscape.hpp"
#include "fallline/optim/minimize.hpp"
#include "fallline/optim/multistart.hpp"

namespace fallline::cli {

/// The descent, or the best of the restarts.
struct Descended {
  std::vector<double> start;
  double start_value = 0;
  double learning_rate = 0;
  MinimizeResult end;
  std::vector<FoundMinimum> minima;  // of restarts, best first
  std::size_t diverged = 0;          // of the restarts
  std::vector<std::string> warnings;
};

/// with_path: end.path holds every point. Errors are of usage: a start where the function is not finite, options that do not go together.
Result<Descended> descend(const DescendRequest& request, const Landscape& landscape, bool with_path, StopToken stop);

}  // namespace fallline::cli
