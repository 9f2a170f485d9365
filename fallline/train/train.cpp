// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/memory.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/data/row_store.hpp"
#include "fallline/math/instruction_set.hpp"
#include "fallline/train/checkpoint_identity.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/model_room.hpp"
#include "fallline/train/plan.hpp"
#include "fallline/train/problem.hpp"
#include "fallline/train/sorted_rows.hpp"
#include "fallline/train/verdict.hpp"

namespace fallline {

namespace {

constexpr const char* data_key = "data";
constexpr std::size_t few_rows = 1024;

Result<void> check(const TrainOptions& options, std::size_t training, std::size_t held_out) {
  const auto at_least_one = [](const std::optional<std::int64_t>& x) { return !x || *x >= 1; };
  if (!at_least_one(options.epochs) || !at_least_one(options.steps)) {
    return usage_error("A budget of epochs or steps is at least 1.");
  }
  if (options.learning_rate && !(*options.learning_rate > 0)) {
    return usage_error("The learning rate is a number above 0.");
  }
  if (options.tolerance && !(*options.tolerance > 0)) {
    return usage_error("The tolerance is a number above 0: the share of the starting gradient at which the run has converged.");
  }
  if (!(options.validation >= 0 && options.validation < 1)) {
    return usage_error("The share of rows held out for validation is a number in [0, 1).");
  }
  if (options.patience > 0 && options.validation == 0) {
    return usage_error("--patience needs held-out rows: pass --validation 0.2, say.");
  }
  if (training == 0 || (options.validation > 0 && held_out == 0)) {
    return data_error(fmt::format("Of {} rows {} are held out for validation, which leaves {} to train on. Change --validation.",
                                  training + held_out, held_out, training));
  }
  return {};
}

template <class T>
ModelSize size_of_model(const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model) {
  const std::size_t outputs = target.classes.size() > 2 ? target.classes.size() : data.targets;
  const std::size_t units = model.network.hidden.empty() ? outputs : model.network.hidden.front();
  const std::uint64_t entries = data.store ? data.store->entries() : data.values.size();
  const std::size_t occur = data.sparse ? std::min(data.features, static_cast<std::size_t>(entries)) : data.features;
  return {std::uint64_t{data.features} * units, std::uint64_t{occur} * units, sizeof(T)};
}

/// A few rows are asked first, for in most runs one of them is wrong.
template <class T>
bool tells_all_apart(Problem<T>& problem, std::span<const T> theta) {
  return problem.metric(Part::training, theta, few_rows) == 1 && problem.metric(Part::training, theta) == 1;
}

/// The logistic losses have no minimum where the classes can be told apart: any weights that do so are beaten by twice those weights.
template <class T>
void warn_of_separation(Problem<T>& problem, const Descent<T>& descent, Run& run) {
  const LossInfo& loss = problem.loss();
  const ChainOptions& chain = problem.chain();
  const bool without_minimum = (loss.name == "logistic" || loss.name == "cross_entropy") && label_smoothing(loss) == 0;
  const bool fitted = run.outcome == Outcome::converged || run.outcome == Outcome::budget || run.outcome == Outcome::stalled;
  if (!without_minimum || problem.has_hidden_layers() || chain.l1 > 0 || chain.l2 > 0 || chain.weight_decay > 0 || !fitted ||
      !tells_all_apart<T>(problem, descent.theta)) {
    return;
  }
  run.warnings.push_back(
      fmt::format("The model tells the classes of all {} rows apart, so its loss has no minimum: it falls for as long as the weights grow, "
                  "and training stopped at weights of no particular size, with probabilities near 0 and 1. Pass --l2 1e-4, say, for "
                  "weights that mean something, and see whether a column gives the answer away.",
                  grouped(static_cast<std::int64_t>(problem.rows(Part::training)))));
}

/// What the run was begun with, in every checkpoint; a checkpoint to go on from must tell the same.
template <class T>
Result<Checkpoint> identity_of(const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model, const TrainOptions& options,
                               const CheckpointOptions& checkpoints) {
  Checkpoint base;
  if (checkpoints.folder.empty() && !checkpoints.resume) {
    return base;
  }
  base.facts = identity(checkpoints.options.empty() ? options_told(model, options) : checkpoints.options);
  const Result<std::string> now = data_identity(data, target, options);
  if (!now) {
    return now.error();
  }
  if (checkpoints.resume) {
    const Checkpoint& state = checkpoints.resume->state;
    if (const auto same = check_identity(state, base.facts); !same) {
      return same.error();
    }
    const std::string* before = state.fact(data_key);
    if (before == nullptr || *before != *now) {
      return data_error(
          fmt::format("The data has changed: the run was begun with {}, and these are {}. Bring back the data as it was, or "
                      "begin another run.",
                      before == nullptr ? "other data" : *before, *now));
    }
  }
  base.facts.emplace_back(data_key, *now);
  return base;
}

/// The plan of a run that goes on is the one it was begun with, but for its budget.
template <class T>
Result<Plan> plan_of(Problem<T>& problem, const TrainOptions& options, const CheckpointOptions& checkpoints) {
  if (!checkpoints.resume) {
    return make_plan(problem, options);
  }
  Plan plan;
  StateReader reader(checkpoints.resume->state);
  plan.state(reader);
  if (!reader.well()) {
    return reader.well().error();
  }
  const std::int64_t before = plan.steps;
  renew_budget(options, plan);
  const std::int64_t spent = progress_of(checkpoints.resume->state).spent;
  if (plan.steps < before && spent > plan.steps) {
    return usage_error(fmt::format("The run has made {} steps already, more than the budget of {}. Pass a larger one, or leave it out.",
                                   grouped(spent), grouped(plan.steps)));
  }
  return plan;
}

}  // namespace

template <class T>
Result<Run> train(const Dataset<T>& data, const TargetCoding& target, const ModelOptions& model_options, const TrainOptions& options,
                  ThreadPool& pool, const std::vector<Observer*>& observers, StopToken stop, CheckpointOptions checkpoints) {
  if (data.rows >= (std::uint64_t{1} << 32U)) {
    return data_error(
        fmt::format("The data has {} rows, and a run trains on at most {}. Split the data, train on the first part, and go on with the "
                    "next by --init-from, or take all of it in one pass by --online.",
                    grouped(static_cast<std::int64_t>(data.rows)), grouped((std::int64_t{1} << 32) - 1)));
  }
  if (auto pinned = pin_instruction_set_by_environment(); !pinned) {
    return pinned.error();
  }
  const auto model = resolve_model(model_options, target);
  if (!model) {
    return model.error();
  }
  if (!model->network.hidden.empty() && data.features == 0) {
    return usage_error("A network needs at least one feature, and no column makes one. Leave --hidden out for a model of the mean alone.");
  }
  if (const auto room = check_model_room(size_of_model(data, target, *model), 2 * free_memory_to_use()); !room) {
    return room.error();
  }
  Problem<T> problem(data, target, *model, options, pool);
  if (const auto well = check(options, problem.rows(Part::training), problem.rows(Part::held_out)); !well) {
    return well.error();
  }
  if (options.start && !problem.fits(*options.start)) {
    return usage_error("The model to start from has another shape than the one that is trained.");
  }
  auto base = identity_of(data, target, *model, options, checkpoints);
  if (!base) {
    return base.error();
  }
  auto plan = plan_of(problem, options, checkpoints);
  if (!plan) {
    return plan.error();
  }
  StateWriter writer(*base);
  plan->state(writer);
  CheckpointKeeper keeper(std::move(checkpoints), std::move(*base));
  for (Observer* observer : observers) {
    observer->on_plan(plan->choices);
  }
  const auto descent = plan->by_rows  ? descend_by_sum(problem, *plan, options, observers, stop, keeper)
                       : plan->method ? descend_by_method(problem, *plan, options, observers, stop, keeper)
                                      : descend_by_rule(problem, *plan, options, observers, stop, keeper);
  if (!descent) {
    return descent.error();
  }
  Run run;
  run.choices = plan->choices;
  run.warnings = descent->warnings;
  run.history = descent->history;
  run.epochs = descent->epochs;
  run.steps = descent->steps;
  run.learning_rate = plan->line_search ? std::nan("") : plan->learning_rate;
  run.optimizer = plan->optimizer;
  run.schedule = plan->schedule;
  run.batch_size = plan->full_batch ? 0 : plan->batch_size;
  if (const std::string sorted = warning_of_sorted_rows(problem, *plan, options); !sorted.empty()) {
    run.warnings.push_back(sorted);
  }
  pass_verdict(problem, *plan, options, *descent, run);
  warn_of_separation(problem, *descent, run);
  if (problem.rows(Part::held_out) > 0) {
    const double loss = problem.batch(Part::held_out, descent->theta, {});
    run.validation = {{"loss", problem.told_loss(Part::held_out, descent->theta, loss)},
                      {target.classification ? "accuracy" : "rmse", problem.metric(Part::held_out, descent->theta)}};
  }
  if (problem.feed().fault()) {
    return *problem.feed().fault();
  }
  run.model = problem.model(descent->theta);
  run.parameters = run.model.parameters();
  return run;
}

template Result<Run> train(const Dataset<float>&, const TargetCoding&, const ModelOptions&, const TrainOptions&, ThreadPool&,
                           const std::vector<Observer*>&, StopToken, CheckpointOptions);
template Result<Run> train(const Dataset<double>&, const TargetCoding&, const ModelOptions&, const TrainOptions&, ThreadPool&,
                           const std::vector<Observer*>&, StopToken, CheckpointOptions);

}  // namespace fallline
