// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/optim/methods/finite_sum.hpp"
#include "fallline/optim/objective.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/train/online.hpp"

namespace fallline {

namespace {

constexpr std::int64_t no_end = std::int64_t{1} << 53U;                                       // what a checkpoint holds exactly
constexpr std::array rates = {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0};  // tried where none is given

std::string name_of(const std::string& spec) { return spec.substr(0, spec.find(':')); }

Error without_end(std::string_view option, std::string_view why) {
  return usage_error(fmt::format("--{} does not go with --online: {}. Leave it out, or train on a file of the rows.", option, why));
}

/// Options that would need an end, or rows once more.
Result<void> check_options(const TrainOptions& options, const ModelOptions& model) {
  if (options.epochs && *options.epochs != 1) {
    return without_end("epochs", "a stream is read once");
  }
  if (options.steps && *options.steps < 1) {
    return usage_error("A budget of steps is at least 1.");
  }
  if (options.learning_rate && !(*options.learning_rate > 0)) {
    return usage_error("The learning rate is a number above 0.");
  }
  if (options.validation > 0) {
    return without_end("validation", "every row is predicted before it is learnt, so none needs to be held out");
  }
  if (options.patience > 0) {
    return without_end("patience", "there are no epochs to wait for");
  }
  if (options.shuffle_window) {
    return without_end("shuffle-window", "rows are learnt in the order in which they come");
  }
  if (options.tolerance) {
    return without_end("tolerance", "the gradient over all rows is never at hand");
  }
  if (options.batch_size && *options.batch_size == 0) {
    return without_end("batch-size full", "there is no full batch of rows that never end");
  }
  if (is_method(options.optimizer) || is_sum_method(options.optimizer)) {
    return without_end("optimizer " + name_of(options.optimizer),
                       "it goes over the same rows again and again; adagrad, adam or sgd do not");
  }
  if (model.network.normalization == Normalization::batch) {
    return without_end("normalization batch", "its statistics want large batches of rows; --normalization layer does not");
  }
  return {};
}

/// Whether the schedule falls over a length that the spec leaves to the run.
bool needs_length(const std::string& spec) {
  for (const ScheduleInfo& info : list_schedules()) {
    const auto is_total = [](const FieldValue& field) { return field.info.name == "total" && field.value == 0; };
    if (info.name == name_of(spec) && std::any_of(info.fields.begin(), info.fields.end(), is_total)) {
      const std::size_t at = spec.find("total=");
      return at == std::string::npos || parse_double(split(std::string_view(spec).substr(at + 6), ',').front()).value_or(0) == 0;
    }
  }
  return false;
}

Result<void> choose_schedule(const TrainOptions& options, Plan& plan) {
  plan.schedule = options.schedule.empty() ? "constant" : options.schedule;
  if (const auto known = make_schedule(plan.schedule, plan.steps); !known) {
    return known.error();
  }
  if (name_of(plan.schedule) == "plateau") {
    return without_end("schedule plateau", "it follows the loss of epochs, and there are none; inverse_time falls without them");
  }
  if (!options.steps && needs_length(plan.schedule)) {
    return usage_error(
        fmt::format("The schedule {} falls over the length of the run, and a stream has none. Pass --steps, or "
                    "{}{}total=100000, say, or --schedule inverse_time.",
                    name_of(plan.schedule), plan.schedule, plan.schedule.find(':') == std::string::npos ? ":" : ","));
  }
  return {};
}

/// The progressive loss of the rows at one rate, from the start; nothing where it diverges.
template <class T>
Result<std::optional<double>> loss_at(const OnlineSetup& setup, const Plan& plan, const Dataset<T>& first, ThreadPool& pool) {
  auto trainer = OnlineTrainer<T>::create(setup, plan, pool);
  if (!trainer) {
    return trainer.error();
  }
  const Rows<T> rows = first.view();
  for (std::size_t i = 0; i < first.rows; ++i) {
    if ((*trainer)->add(rows, i) == Taken::diverged) {
      return std::optional<double>();
    }
  }
  const bool whole = (*trainer)->learn_rest() != Taken::diverged;
  const double loss = (*trainer)->progressive().loss;
  return whole && std::isfinite(loss) ? std::optional(loss) : std::nullopt;
}

/// The rate that would have predicted the first rows best.
template <class T>
Result<void> choose_rate(const OnlineSetup& setup, const Dataset<T>* first, ThreadPool& pool, Plan& plan) {
  const Result<double> own = default_learning_rate(plan.optimizer);
  if (!own) {
    return own.error();
  }
  const bool in_spec = plan.optimizer.find("learning_rate=") != std::string::npos || plan.optimizer.find("preset=") != std::string::npos;
  plan.learning_rate = setup.options.learning_rate.value_or(*own);
  if (setup.options.learning_rate || in_spec) {
    return {};
  }
  if (plan.average == Average::mean && name_of(plan.optimizer) == "sgd") {
    plan.learning_rate = 1;
    plan.choices.emplace_back("learning rate 1: the perceptron's decisions do not depend on it");
    return {};
  }
  if (first == nullptr || first->rows < 2) {
    plan.choices.push_back(fmt::format("learning rate {}: just that of {} itself", brief(*own, 4), name_of(plan.optimizer)));
    return {};
  }
  std::optional<double> best;
  for (const double rate : rates) {
    Plan tried = plan;
    tried.learning_rate = rate;
    const auto loss = loss_at(setup, tried, *first, pool);
    if (!loss) {
      return loss.error();
    }
    if (*loss && (!best || **loss < *best)) {
      best = *loss;
      plan.learning_rate = rate;
    }
  }
  plan.choices.push_back(best ? fmt::format("learning rate {}: of {} between {} and {} the one that predicts the first {} rows best as it "
                                            "learns them (loss {})",
                                            brief(plan.learning_rate, 4), rates.size(), brief(rates.front()), brief(rates.back()),
                                            grouped(static_cast<std::int64_t>(first->rows)), brief(*best))
                              : fmt::format("learning rate {}: just that of {} itself; the first rows let every rate diverge",
                                            brief(*own, 4), name_of(plan.optimizer)));
  return {};
}

void choose_optimizer(const OnlineSetup& setup, Plan& plan) {
  plan.optimizer = setup.options.optimizer;
  if (plan.optimizer != "auto") {
    return;
  }
  if (setup.model.loss == "perceptron") {
    plan.optimizer = "sgd";
    plan.average = Average::mean;
    plan.choices.emplace_back("optimizer sgd with averaged weights: the perceptron's own rule");
  } else if (!setup.model.network.hidden.empty()) {
    plan.optimizer = "adam";
    plan.choices.emplace_back("optimizer adam: a network's objective is no bowl, and each layer has a scale of its own");
  } else {
    plan.optimizer = "adagrad";
    plan.choices.emplace_back(
        "optimizer adagrad: its steps shrink with what they have seen, without a schedule that knows the end, and rare features keep "
        "long ones");
  }
}

}  // namespace

template <class T>
Result<Plan> plan_online(const OnlineSetup& setup, const Dataset<T>* first, ThreadPool& pool) {
  if (const auto well = check_options(setup.options, setup.model); !well) {
    return well.error();
  }
  Plan plan;
  choose_optimizer(setup, plan);
  plan.batch_size = setup.options.batch_size.value_or(1);
  plan.steps = setup.options.steps.value_or(no_end);
  plan.schedule_steps = plan.steps;
  plan.stops_when_converged = false;
  if (const auto well = choose_schedule(setup.options, plan); !well) {
    return well.error();
  }
  if (const auto well = choose_rate(setup, first, pool, plan); !well) {
    return well.error();
  }
  return plan;
}

template Result<Plan> plan_online(const OnlineSetup&, const Dataset<float>*, ThreadPool&);
template Result<Plan> plan_online(const OnlineSetup&, const Dataset<double>*, ThreadPool&);

}  // namespace fallline
