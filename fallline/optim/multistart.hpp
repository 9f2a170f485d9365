// SPDX-License-Identifier: Apache-2.0
// Multi-start: minimise from many starts, uniform in a box, on all cores, and tell every distinct point that the runs ended in. Start k is
// a function of (seed, k) alone, so the answer is the same for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/optim/minimize.hpp"

namespace fallline {

/// Makes an objective for one run: two runs may be under way at once, and an objective may have scratch memory of its own. Called on the
/// thread of the caller.
using ObjectiveFactory = std::function<Objective()>;

struct MultistartOptions {
  std::vector<double> low = {};  // the box, one number a coordinate
  std::vector<double> high = {};
  std::size_t starts = 32;
  std::uint64_t seed = 0;
  double merge_distance = 1e-4;   // ends as near as this to a lower one, a share of the box's width in each coordinate, are the same point
  std::size_t threads = 0;        // 0: all cores
  MinimizeOptions minimize = {};  // of each run, without an observer; noise differs from run to run
};

/// A point that runs ended in. It is a minimum where any of them converged.
struct FoundMinimum {
  std::vector<double> x;  // the lowest end
  double value = 0;
  std::size_t runs = 0;
  std::size_t converged = 0;  // of these runs
  std::size_t first = 0;      // the number of the first of them
  std::size_t lowest = 0;     // the number of the one that ended at x
};

struct MultistartResult {
  std::vector<FoundMinimum> minima;  // by value, the lowest first
  std::size_t lost = 0;              // runs that diverged or were interrupted; they found nothing
  std::vector<std::vector<double>> starts;
  std::vector<MinimizeResult> runs;  // in the order of the starts
};

/// One run, by its number from 0; several may be under way at once.
using RunFromStart = std::function<Result<MinimizeResult>(std::size_t number, const std::vector<double>& start)>;

/// The runs are the caller's own: options.minimize is not read.
Result<MultistartResult> multistart(const RunFromStart& run, const MultistartOptions& options);

/// Errors are of usage only.
Result<MultistartResult> multistart(const ObjectiveFactory& factory, const MultistartOptions& options);

}  // namespace fallline
