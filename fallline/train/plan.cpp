// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/optim/methods/finite_sum.hpp"
#include "fallline/optim/objective.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/train/rule_steps.hpp"

namespace fallline {

namespace {

constexpr std::size_t default_batch = 256;
constexpr std::size_t batches_an_epoch = 128;  // of a network, where the batch may be smaller for it
constexpr std::size_t least_batch = 16;
constexpr std::int64_t few_epochs = 20;       // below this a full-batch method could hardly begin
constexpr std::int64_t method_epochs = 5000;  // ordinary problems need a hundredth, softmax on raw pixels all of it
constexpr std::int64_t full_batch_epochs = 20000;
constexpr double largest_table = 0x1p31;  // bytes that saga and sag may keep of gradients
constexpr std::int64_t most_steps = std::int64_t{1} << 62U;
constexpr double history_bytes = 256e6;
constexpr std::int64_t rows_to_visit = 4'000'000;        // mini-batch default: this many rows in all, between 5 and 200 epochs
constexpr std::int64_t network_rows_to_visit = 400'000;  // of a network for classes, which grows ever surer of itself; at least 10 epochs
constexpr double network_peak = 2;                       // the rate of a network in units of the rule's own, where a schedule takes it to 0

constexpr double large_bytes = 0x1p30;  // of encoded rows, in memory or not: from here on every pass counts

template <class T>
double bytes_of(const Feed<T>& feed) {
  return static_cast<double>(feed.rows()) * feed.bytes_of_a_row();
}

std::string name_of(const std::string& spec) { return spec.substr(0, spec.find(':')); }

bool only_penalties(const ChainOptions& chain) {
  return chain.clip_adaptive == 0 && chain.clip_value == 0 && chain.clip_norm == 0 && chain.weight_decay == 0 && chain.accumulate == 1 &&
         chain.lookahead == 0 && chain.gradient_noise == 0 && chain.max_norm == 0 && chain.average == Average::off;
}

/// More changes remembered save passes over the data where parameters are many: as many as cost a small share of a pass to walk through
/// and fit a modest memory, between the method's own 10 and 100.
template <class T>
std::string l_bfgs_for(const Problem<T>& problem) {
  const auto rows = static_cast<double>(problem.feed().rows());
  const bool sparse = problem.feed().kind().sparse;
  const double of_a_row = sparse ? problem.feed().whole().row_values : static_cast<double>(problem.features());
  const double outputs = static_cast<double>(problem.outputs());
  const double parameters = static_cast<double>(problem.parameters());
  const double values = outputs * rows * of_a_row;
  const double affordable = std::min(values / parameters / 10, history_bytes / (parameters * 2 * sizeof(double)));
  const int history = static_cast<int>(std::min({parameters / 10, affordable, 100.0}));
  return history > 10 ? fmt::format("l-bfgs:history={}", history) : std::string("l-bfgs");
}

/// The name of the optimiser and why.
template <class T>
void choose_optimizer(const Problem<T>& problem, const TrainOptions& options, Plan& plan) {
  const LossInfo& loss = problem.loss();
  const bool small_budget = (options.epochs && *options.epochs < few_epochs) || (options.steps && *options.steps < few_epochs);
  if (options.optimizer != "auto") {
    plan.optimizer = options.optimizer;
  } else if (loss.name == "perceptron") {
    plan.optimizer = "sgd";
    plan.average = Average::mean;
    plan.choices.emplace_back("optimizer sgd with averaged weights: the perceptron's own rule");
  } else if (problem.has_hidden_layers()) {
    plan.optimizer = "adam";
    plan.choices.emplace_back("optimizer adam: a network's objective is no bowl, and each layer has a scale of its own");
  } else if ((loss.smooth || problem.can_soften()) && problem.chain().l1 == 0 && only_penalties(options.chain) && !options.batch_size &&
             !small_budget && !options.learning_rate && options.schedule.empty() && bytes_of(problem.feed()) < large_bytes) {
    plan.optimizer = l_bfgs_for(problem);
    plan.choices.push_back(fmt::format(
        "optimizer {}: {} and a pass over the data is quick, so a full-batch method gets there soonest", plan.optimizer,
        loss.smooth ? "the objective is smooth" : fmt::format("the kink of the loss {} can be rounded off, ever less,", loss.name)));
  } else if (loss.smooth && loss.curvature > 0 && problem.chain().l1 > 0 && !options.batch_size && !small_budget) {
    plan.optimizer = "nesterov";
    plan.full_batch = true;
    plan.choices.emplace_back("optimizer nesterov on the full batch: with L1 the proximal step needs exact gradients to reach exact zeros");
  } else {
    plan.optimizer = "adam";
    plan.choices.emplace_back(loss.smooth
                                  ? "optimizer adam: good steps from the first batch, whatever the scale of a column"
                                  : fmt::format("optimizer adam: the loss {} has kinks, which full-batch methods cannot use", loss.name));
  }
  plan.by_rows = is_sum_method(plan.optimizer);
  plan.method = plan.by_rows || is_method(plan.optimizer);
}

template <class T>
Result<void> check_method(const Problem<T>& problem, const Plan& plan, const TrainOptions& options) {
  if (!plan.method) {
    return {};
  }
  const std::size_t rows = problem.rows(Part::training);
  const std::string name = name_of(plan.optimizer);
  if (plan.by_rows && problem.has_hidden_layers()) {
    return usage_error(fmt::format("{} is for sums of convex functions; a network is none. Use --optimizer adam.", name));
  }
  if (plan.by_rows && problem.feed().in_file()) {
    return no_room_error(fmt::format(
        "{} draws single rows from all over the data, which does not fit into the memory that is given. Pass a larger --memory, "
        "or --optimizer sgd or adam, which take the rows in stretches.",
        name));
  }
  if (options.chain.l1 > 0) {
    return usage_error(fmt::format("{} cannot take the proximal step that --l1 needs. Use --optimizer nesterov, or leave --l1 out.", name));
  }
  if (!only_penalties(options.chain)) {
    return usage_error(
        fmt::format("{} works on the objective itself: clipping, gradient noise, weight decay, max-norm, accumulation, lookahead and "
                    "averaging do not go with it. "
                    "Leave them out, or name a rule such as adam.",
                    name));
  }
  if (plan.by_rows) {
    return options.batch_size && *options.batch_size != 1
               ? usage_error(fmt::format("{} takes one row a step; leave --batch-size out.", name))
               : Result<void>();
  }
  if (options.batch_size && *options.batch_size != 0 && *options.batch_size < rows) {
    return usage_error(fmt::format("{} needs the full batch; leave --batch-size out or pass --batch-size full.", name));
  }
  return {};
}

template <class T>
void choose_batch(const Problem<T>& problem, const TrainOptions& options, Plan& plan) {
  const std::size_t rows = problem.rows(Part::training);
  std::size_t batch = plan.by_rows ? 1 : options.batch_size.value_or(plan.full_batch || plan.method ? 0 : default_batch);
  if (!options.batch_size && plan.optimizer == "sgd" && plan.average == Average::mean) {
    batch = 1;
  }
  if (!options.batch_size && problem.has_hidden_layers() && !plan.method && !plan.full_batch) {
    batch = std::clamp(std::bit_floor(std::max<std::size_t>(1, rows / batches_an_epoch)), least_batch, default_batch);
    plan.choices.push_back(fmt::format("batch size {}: a network wants many steps", batch));
  }
  plan.full_batch = batch == 0 || batch >= rows;
  plan.batch_size = plan.full_batch ? rows : batch;
  plan.steps_per_epoch = static_cast<std::int64_t>((rows + plan.batch_size - 1) / plan.batch_size);
}

std::int64_t steps_of_budget(const TrainOptions& options, std::int64_t default_epochs, std::int64_t steps_per_epoch) {
  const std::int64_t steps = std::min(options.epochs.value_or(default_epochs), most_steps / steps_per_epoch) * steps_per_epoch;
  return !options.steps ? steps : options.epochs ? std::min(steps, *options.steps) : *options.steps;
}

template <class T>
std::int64_t default_epochs(const Problem<T>& problem, const Plan& plan) {
  if (plan.method || plan.full_batch) {
    return plan.method ? method_epochs : full_batch_epochs;
  }
  const auto rows = static_cast<std::int64_t>(problem.rows(Part::training));
  if (problem.has_hidden_layers() && (problem.loss().task == LossTask::binary || problem.loss().task == LossTask::multiclass)) {
    return std::clamp<std::int64_t>(network_rows_to_visit / rows, 10, 200);
  }
  return std::clamp<std::int64_t>(rows_to_visit / rows, problem.has_hidden_layers() ? 20 : 5, 200);
}

template <class T>
void choose_budget(const Problem<T>& problem, const TrainOptions& options, Plan& plan) {
  const std::int64_t epochs = default_epochs(problem, plan);
  plan.steps = steps_of_budget(options, epochs, plan.steps_per_epoch);
  plan.schedule_steps = plan.steps;
  const bool told = options.epochs || options.steps;
  plan.stops_when_converged = !told || options.tolerance || plan.method;
  plan.tolerance = options.tolerance.value_or(1e-5);
  if (!told && !plan.method) {
    plan.choices.push_back(
        fmt::format("epochs {}: {}", plan.steps / plan.steps_per_epoch,
                    plan.full_batch ? "at most, fewer when the gradient is small enough" : "enough rows for the schedule to settle"));
  }
}

/// 1 / (1 - mu) steps add up in a rule with momentum; its rate is cut so that the sum is what curvature allows.
double steady_share(const OptimizerInfo& info) {
  for (const FieldValue& value : info.fields) {
    if (value.info.name == "momentum") {
      return 1 - value.value;
    }
  }
  return 1;
}

/// Nesterov's step is stable at 1/L itself on the full batch; in mini-batches the noise adds up like the steps do.
template <class T>
Result<void> choose_rate(Problem<T>& problem, const TrainOptions& options, const OptimizerInfo& info, Plan& plan) {
  const Result<double> own = default_learning_rate(plan.optimizer);
  if (!own) {
    return own.error();
  }
  const bool in_spec = plan.optimizer.find("learning_rate=") != std::string::npos || plan.optimizer.find("preset=") != std::string::npos;
  if (options.learning_rate || in_spec) {
    plan.learning_rate = options.learning_rate.value_or(*own);
    return {};
  }
  if (problem.loss().name == "perceptron") {
    plan.learning_rate = 1;
    plan.choices.emplace_back("learning rate 1: the perceptron's decisions do not depend on it");
    return {};
  }
  if (info.gradient_descent_like) {
    const Smoothness smoothness = measure_smoothness(problem, options.seed);
    if (smoothness.known && smoothness.full > 0) {
      const double curvature = smoothness.at_batch(plan.batch_size);
      plan.learning_rate = (plan.full_batch ? 1 : steady_share(info)) / curvature;
      plan.choices.push_back(fmt::format("learning rate {}: from the measured curvature, {} over all rows and {} at batch {}",
                                         brief(plan.learning_rate, 4), brief(smoothness.full, 4), brief(curvature, 4), plan.batch_size));
      return {};
    }
  }
  if (problem.has_hidden_layers() && !info.gradient_descent_like) {
    const bool falls = plan.schedule == "cosine" && options.schedule.empty();
    plan.learning_rate = (falls ? network_peak : 1) * *own;
    plan.choices.push_back(fmt::format("learning rate {}: {} that of {} itself", brief(plan.learning_rate, 4),
                                       falls ? "falling from twice" : "just", name_of(plan.optimizer)));
    return {};
  }
  const Result<double> found = range_test(problem, options, plan);
  if (!found) {
    return found.error();
  }
  plan.learning_rate = *found;
  plan.choices.push_back(fmt::format("learning rate {}: the best of a range test", brief(plan.learning_rate, 4)));
  return {};
}

/// The method's share of the rate that the most curved row allows.
template <class T>
Result<void> choose_rate_by_rows(Problem<T>& problem, const TrainOptions& options, Plan& plan) {
  const Result<SumMethodChoice> choice = make_sum_method(plan.optimizer);
  if (!choice) {
    return choice.error();
  }
  const double rows = static_cast<double>(problem.rows(Part::training));
  const double table = problem.outputs() > 1 ? rows * static_cast<double>(problem.parameters()) * sizeof(double) : 0;
  if (choice->keeps_table && table > largest_table) {
    return usage_error(fmt::format("{} would keep {} GB of gradients, a vector for each row. svrg keeps none; or use --optimizer l-bfgs.",
                                   plan.optimizer, brief(table / 1e9, 2)));
  }
  plan.learning_rate = options.learning_rate.value_or(choice->learning_rate);
  plan.schedule = options.schedule.empty() ? plan.schedule : options.schedule;
  if (options.learning_rate || plan.optimizer.find("learning_rate=") != std::string::npos) {
    return {};
  }
  const Smoothness smoothness = measure_smoothness(problem, options.seed);
  if (!smoothness.known || !(smoothness.row > 0)) {
    return usage_error(
        fmt::format("{} takes its learning rate from the largest curvature of a row, which the loss {} does not bound. Pass "
                    "--learning-rate, or use --optimizer adam.",
                    name_of(plan.optimizer), problem.loss().name));
  }
  plan.learning_rate = choice->rate_over_curvature / smoothness.row;
  plan.choices.push_back(fmt::format("learning rate {}: {} over the largest curvature of a row, {}", brief(plan.learning_rate, 4),
                                     brief(choice->rate_over_curvature, 4), brief(smoothness.row, 4)));
  return {};
}

void choose_schedule(const TrainOptions& options, const OptimizerInfo& info, Plan& plan) {
  if (!options.schedule.empty()) {
    plan.schedule = options.schedule;
  } else if (!options.learning_rate && !plan.full_batch && plan.average == Average::off && !info.constant_rate) {
    plan.schedule = "cosine";
    plan.choices.emplace_back("schedule cosine: the rate falls to 0, so that the noise of small batches dies out");
  }
}

}  // namespace

void renew_budget(const TrainOptions& options, Plan& plan) {
  if (options.epochs || options.steps) {
    plan.steps = steps_of_budget(options, most_steps, plan.steps_per_epoch);
  }
}

template <class T>
Result<Plan> make_plan(Problem<T>& problem, const TrainOptions& options) {
  Plan plan;
  choose_optimizer(problem, options, plan);
  if (const auto well = check_method(problem, plan, options); !well) {
    return well.error();
  }
  choose_batch(problem, options, plan);
  if (plan.full_batch && problem.takes_full_batch_at_once() && problem.feed().in_file()) {
    return no_room_error(
        "Batch normalization and dropout take all rows of a full batch at once, which do not fit into the memory that is given. Pass a "
        "larger --memory, or a --batch-size.");
  }
  choose_budget(problem, options, plan);
  if (plan.by_rows) {
    const auto well = choose_rate_by_rows(problem, options, plan);
    const auto schedule = make_schedule(plan.schedule, plan.steps);
    return !well ? well.error() : !schedule ? schedule.error() : Result<Plan>(plan);
  }
  if (plan.method) {
    const auto method = make_method(plan.optimizer);
    if (!method) {
      return method.error();
    }
    if (!(*method)->info().gradient_descent_like) {
      plan.line_search = true;
      plan.softens = problem.can_soften();
      plan.learning_rate = options.learning_rate.value_or((*method)->info().learning_rate);
      return plan;
    }
    if (const auto well = choose_rate(problem, options, (*method)->info(), plan); !well) {
      return well.error();
    }
    return plan;
  }
  ChainOptions chain = problem.chain();
  chain.average = plan.average == Average::off ? chain.average : plan.average;
  const auto optimizer = make_optimizer<T>(plan.optimizer, chain);
  if (!optimizer) {
    return optimizer.error();
  }
  if ((*optimizer)->chain().l1 != chain.l1 || (*optimizer)->chain().l2 != chain.l2) {
    return usage_error("Penalties are part of what is minimised: pass them as --l1 and --l2, not inside --optimizer.");
  }
  choose_schedule(options, (*optimizer)->info(), plan);
  if (const auto well = choose_rate(problem, options, (*optimizer)->info(), plan); !well) {
    return well.error();
  }
  if (takes_sparse_steps(problem, plan.optimizer, chain, plan.batch_size)) {
    plan.choices.push_back(
        fmt::format("sparse steps: a batch touches few of {} weights, and the others are brought up to date when it is "
                    "their turn",
                    grouped(static_cast<std::int64_t>(problem.parameters()))));
  }
  if (const auto schedule = make_schedule(plan.schedule, plan.steps); !schedule) {
    return schedule.error();
  }
  return plan;
}

template Result<Plan> make_plan(Problem<float>&, const TrainOptions&);
template Result<Plan> make_plan(Problem<double>&, const TrainOptions&);

}  // namespace fallline
