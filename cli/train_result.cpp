// SPDX-License-Identifier: Apache-2.0
#include "cli/train_result.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>

#include "cli/json.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

std::int64_t peak_memory_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

double rate_of(const Run& run) { return run.learning_rate > 0 ? run.learning_rate : std::numeric_limits<double>::quiet_NaN(); }

std::string metric_of(const TrainResult& result) { return result.fitted.target.classification ? "accuracy" : "rmse"; }

std::string count(std::size_t n) { return grouped(static_cast<std::int64_t>(n)); }

/// Weights of features that are exactly 0 in a model without hidden layers.
std::size_t zero_weights(const Run& run) {
  const bool linear = run.model.hidden.empty();
  return linear ? static_cast<std::size_t>(std::count(run.model.weights.begin(), run.model.weights.end(), 0.0)) : 0;
}

}  // namespace

int exit_code(Outcome outcome) {
  switch (outcome) {
    case Outcome::diverged:
      return static_cast<int>(ErrorCode::diverged);
    case Outcome::stalled:
      return static_cast<int>(ErrorCode::stalled);
    case Outcome::interrupted:
      return static_cast<int>(ErrorCode::interrupted);
    case Outcome::converged:
    case Outcome::budget:
    case Outcome::early_stopped:
      break;
  }
  return 0;
}

std::string summary_text(const TrainResult& result) {
  const Run& run = result.run;
  std::vector<std::vector<std::string>> rows = {
      {"model", fmt::format("{} ({})", run.model.model, run.model.loss)},
  };
  if (result.progressive) {
    rows.push_back({"progressive loss", brief(result.progressive->loss)});
    rows.push_back({"progressive " + metric_of(result), brief(result.progressive->metric)});
  } else {
    rows.push_back({"loss", brief(run.train_loss)});
  }
  for (const auto& [name, value] : run.validation) {
    rows.push_back({"validation " + name, brief(value)});
  }
  if (!result.starts.starts.empty()) {
    rows.push_back({"starts", starts_summary(result.starts)});
  }
  rows.push_back({"data", fmt::format("{} rows x {} features", count(result.rows), count(result.fitted.encoder.features))});
  if (const std::size_t zeros = zero_weights(run); zeros > 0) {
    rows.push_back({"weights", fmt::format("{} of {} are exactly 0", count(zeros), count(run.model.weights.size()))});
  }
  rows.push_back({"method", fmt::format("{}, {} {} in {} {}", run.optimizer, grouped(run.steps), run.steps == 1 ? "step" : "steps",
                                        grouped(run.epochs), run.epochs == 1 ? "epoch" : "epochs")});
  rows.push_back({"written to", result.model_path.empty() ? "nothing: a diverged model is not saved" : result.model_path});
  return fmt::format("{}\n{}", bold_on_stdout(run.why), aligned(rows));
}

std::string summary_json(const TrainResult& result, const TrainRequest& request) {
  const Run& run = result.run;
  JsonObject object;
  object.add("outcome", outcome_name(run.outcome)).add("why", run.why).raw("evidence", json_numbers(run.evidence));
  object.raw("model", result.model_path.empty() ? "null" : json_text(result.model_path));
  object.add("rows", result.rows).add("features", result.fitted.encoder.features).add("parameters", run.parameters);
  object.add("epochs", run.epochs).add("steps", run.steps).add("train_loss", run.train_loss).add("objective", run.objective);
  object.raw("validation", run.validation.empty() ? "null" : json_numbers(run.validation)).add("learning_rate", rate_of(run));
  object.raw("seconds",
             JsonObject().add("read", result.read_seconds).add("train", result.train_seconds).add("total", result.total_seconds).text());
  object.add("peak_memory_bytes", peak_memory_bytes()).add("seed", request.train.seed).raw("warnings", json_texts(result.warnings));
  if (result.progressive) {
    object.add("progressive_loss", result.progressive->loss).add("progressive_" + metric_of(result), result.progressive->metric);
  }
  if (const std::size_t zeros = zero_weights(run); zeros > 0) {
    object.add("zero_weights", zeros);
  }
  if (!result.starts.starts.empty()) {
    object.raw("restarts", starts_json(result.starts));
  }
  return object.lines();
}

std::string trained_json(const TrainResult& result, const TrainRequest& request) {
  const Run& run = result.run;
  JsonObject object;
  object.add("outcome", outcome_name(run.outcome)).add("why", run.why).add("optimizer", run.optimizer).add("learning_rate", rate_of(run));
  object.add("schedule", run.schedule);
  object.raw("batch_size", run.batch_size == 0 ? json_text("full") : std::to_string(run.batch_size));
  object.add("epochs", run.epochs).add("steps", run.steps).add("rows", result.rows).add("seed", request.train.seed);
  object.add("train_loss", run.train_loss)
      .add("objective", run.objective)
      .add("l1", request.train.chain.l1)
      .add("l2", request.train.chain.l2);
  if (result.progressive) {
    object.add("online", true).add("progressive_loss", result.progressive->loss);
  }
  if (request.model.network.dropout > 0) {
    object.add("dropout", request.model.network.dropout);
  }
  if (!result.starts.starts.empty()) {
    object.add("restarts", result.starts.starts.size()).add("kept_seed", result.starts.starts[result.starts.winner].seed);
  }
  if (!result.class_weights.empty()) {
    object.raw("class_weight", json_numbers(result.class_weights));
  }
  object.add("precision", request.double_precision ? "double" : "float");
  return object.text();
}

}  // namespace fallline::cli
