// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/restarts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>

#include "fallline/base/expects.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/model/network/initial.hpp"

namespace fallline {

namespace {

/// That the starts can differ.
Result<void> check_starts(const ModelOptions& model) {
  const std::string same = "so all starts would end alike. Leave --restarts out";
  if (model.network.hidden.empty()) {
    return usage_error(
        fmt::format("The model {} has no hidden layers and starts at 0, {}, or pass --hidden for a network.", model.model, same));
  }
  if (const auto initial = parse_initial(model.initial); initial && *initial == Initial::zeros) {
    return usage_error(fmt::format("--init zeros makes every start the same, {}, or --init.", same));
  }
  return {};
}

/// What the starts are compared by, the lower the better.
double score_of(const Run& run) {
  const double score = run.validation.empty() ? run.objective : run.validation.front().second;
  return run.outcome == Outcome::diverged || std::isnan(score) ? infinity : score;
}

/// Lowers `to` where x is lower; whether x is as low as any before.
bool lower(std::atomic<double>& to, double x) {
  double seen = to.load();
  while (x < seen && !to.compare_exchange_weak(seen, x)) {
  }
  return x <= seen;
}

/// A run that was asked to stop says so, whichever of its starts was best by then.
void say_interrupted(RestartedRun& result) {
  const auto stopped = std::count_if(result.starts.begin(), result.starts.end(),
                                     [](const StartReport& start) { return start.outcome == Outcome::interrupted; });
  if (stopped > 0) {
    result.run.outcome = Outcome::interrupted;
    result.run.why = fmt::format("Interrupted while {} of {} starts were not at their end; the best so far is kept.", grouped(stopped),
                                 result.starts.size());
  }
}

}  // namespace

template <class T>
Result<RestartedRun> train_from_starts(std::size_t starts, const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model,
                                       const TrainOptions& options, ThreadPool& pool, const std::vector<Observer*>& observers,
                                       StopToken stop) {
  expects(starts > 0, "there is a start");
  const auto resolved = resolve_model(model, target);
  const auto well = !resolved ? Result<void>(resolved.error()) : starts > 1 ? check_starts(*resolved) : Result<void>();
  if (!well) {
    return well.error();
  }
  const std::size_t at_once = data.store ? 1 : pool.threads();  // each start holds stretches of rows that are in a file
  const std::size_t rounds = (starts + at_once - 1) / at_once;
  std::vector<std::optional<Result<Run>>> runs(starts);
  std::vector<double> scores(starts, infinity);
  std::atomic<double> best = infinity;
  RestartedRun result;
  result.starts.resize(starts);
  const auto run_start = [&](std::size_t k) {
    TrainOptions own = options;
    own.held_out_seed = options.held_out_seed.value_or(options.seed);
    own.seed = options.seed + k;
    if (options.max_seconds) {
      own.max_seconds = *options.max_seconds / static_cast<double>(rounds);
    }
    ThreadPool one(1);
    runs[k] = train(data, target, *resolved, own, one, k == 0 ? observers : std::vector<Observer*>(), stop);
    if (Result<Run>& run = *runs[k]; run) {
      result.starts[k] = {own.seed, run->outcome, run->objective, run->validation};
      scores[k] = score_of(*run);
      if (!lower(best, scores[k])) {
        *run = Run();  // it cannot win any more: its model and history need no room
      }
    }
  };
  for (std::size_t k = 0; at_once == 1 && k < starts; ++k) {
    run_start(k);
  }
  pool.run(at_once == 1 ? 0 : starts, run_start);
  for (const auto& run : runs) {
    if (!*run) {
      return run->error();
    }
  }
  result.winner = static_cast<std::size_t>(std::min_element(scores.begin(), scores.end()) - scores.begin());
  result.run = std::move(**runs[result.winner]);
  say_interrupted(result);
  return result;
}

template Result<RestartedRun> train_from_starts(std::size_t, const Dataset<float>&, const TargetCoding&, const ModelOptions&,
                                                const TrainOptions&, ThreadPool&, const std::vector<Observer*>&, StopToken);
template Result<RestartedRun> train_from_starts(std::size_t, const Dataset<double>&, const TargetCoding&, const ModelOptions&,
                                                const TrainOptions&, ThreadPool&, const std::vector<Observer*>&, StopToken);

}  // namespace fallline
