// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/multistart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "fallline/base/random.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

namespace {

Result<void> check(const MultistartOptions& options) {
  if (options.low.empty() || options.low.size() != options.high.size()) {
    return usage_error(
        fmt::format("The box has {} lower and {} upper ends; give one of each a coordinate.", options.low.size(), options.high.size()));
  }
  for (std::size_t j = 0; j < options.low.size(); ++j) {
    if (!std::isfinite(options.low[j]) || !std::isfinite(options.high[j]) || options.low[j] > options.high[j]) {
      return usage_error(
          fmt::format("The box runs from {} to {} in coordinate {}; it must be finite and rise.", options.low[j], options.high[j], j));
    }
  }
  if (options.starts == 0 || !(options.merge_distance >= 0)) {
    return usage_error("multistart needs one start or more and a merge_distance of zero or more.");
  }
  return {};
}

std::vector<double> start_in_box(const MultistartOptions& options, std::size_t number) {
  const Random random(options.seed, Purpose::initial_weights, static_cast<std::uint32_t>(number));
  std::vector<double> x(options.low.size());
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double u = random.uniform(j);
    x[j] = (1 - u) * options.low[j] + u * options.high[j];
  }
  return x;
}

bool same_place(const MultistartOptions& options, const std::vector<double>& x, const std::vector<double>& y) {
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double width = options.high[j] - options.low[j];
    if (!(std::abs(x[j] - y[j]) <= options.merge_distance * (width > 0 ? width : 1))) {
      return false;
    }
  }
  return true;
}

bool found_nothing(const MinimizeResult& run) {
  return run.outcome == Outcome::diverged || run.outcome == Outcome::interrupted || !std::isfinite(run.value);
}

/// Ends from the lowest up, each joined to the first minimum that is near.
void merge(const MultistartOptions& options, MultistartResult& result) {
  std::vector<std::size_t> order(result.runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t k) { return found_nothing(result.runs[k]); });
  result.lost = result.runs.size() - order.size();
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return result.runs[a].value != result.runs[b].value ? result.runs[a].value < result.runs[b].value : a < b;
  });
  for (const std::size_t k : order) {
    const MinimizeResult& run = result.runs[k];
    auto home = std::find_if(result.minima.begin(), result.minima.end(),
                             [&](const FoundMinimum& minimum) { return same_place(options, minimum.x, run.x); });
    if (home == result.minima.end()) {
      home = result.minima.insert(home, FoundMinimum{.x = run.x, .value = run.value, .first = k, .lowest = k});
    }
    ++home->runs;
    home->converged += run.outcome == Outcome::converged ? 1 : 0;
    home->first = std::min(home->first, k);
  }
}

}  // namespace

Result<MultistartResult> multistart(const RunFromStart& run, const MultistartOptions& options) {
  if (const Result<void> sound = check(options); !sound) {
    return sound.error();
  }
  MultistartResult result;
  for (std::size_t k = 0; k < options.starts; ++k) {
    result.starts.push_back(start_in_box(options, k));
  }
  std::vector<std::optional<Result<MinimizeResult>>> ends(options.starts);
  ThreadPool pool(options.threads);
  pool.run(options.starts, [&](std::size_t k) { ends[k] = run(k, result.starts[k]); });
  for (const auto& end : ends) {
    if (!*end) {
      return end->error();
    }
    result.runs.push_back(**end);
  }
  merge(options, result);
  return result;
}

Result<MultistartResult> multistart(const ObjectiveFactory& factory, const MultistartOptions& options) {
  if (!factory) {
    return usage_error("multistart needs a function that makes objectives.");
  }
  if (options.minimize.observer) {
    return usage_error("multistart runs side by side, so an observer would see their steps mixed; look at the runs of the result.");
  }
  std::vector<Objective> objectives;
  for (std::size_t k = 0; k < options.starts; ++k) {
    objectives.push_back(factory());
  }
  const auto run = [&](std::size_t k, const std::vector<double>& start) {
    MinimizeOptions one = options.minimize;
    one.seed += k;
    return minimize(objectives[k], start, one);
  };
  return multistart(RunFromStart(run), options);
}

}  // namespace fallline
