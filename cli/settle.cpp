// SPDX-License-Identifier: Apache-2.0
// Checks that need more than one option, or a list of another room, made before any data is read.
#include <fmt/format.h>

#include "cli/memory.hpp"
#include "cli/online.hpp"
#include "cli/options.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/array/source.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/schedule.hpp"

namespace fallline::cli {

namespace {

/// Longer than any run, so that only the spec itself can be at fault.
constexpr std::int64_t many_steps = 1'000'000'000;

/// Moves "field=value" into the loss's spec, where it is that loss.
Result<void> set_loss_field(std::string& loss, const std::string& name, const std::string& field, const std::string& option,
                            std::optional<double>& value) {
  if (!value) {
    return {};
  }
  if (loss != name && !loss.starts_with(name + ":")) {
    return usage_error(fmt::format("--{} is a setting of the loss {}; pass --loss {} with it.", option, name, name));
  }
  if (loss.find(field + "=") != std::string::npos) {
    return usage_error(fmt::format("--{} and --loss {} both set {}; leave one out.", option, loss, field));
  }
  loss += fmt::format("{}{}={}", loss == name ? ':' : ',', field, shortest(*value));
  value.reset();
  return {};
}

Result<void> check_specs(const TrainOptions& options) {
  if (options.optimizer != "auto") {
    if (const auto known = default_learning_rate(options.optimizer); !known) {
      return usage_error("--optimizer: " + known.error().message);
    }
  }
  if (!options.schedule.empty()) {
    if (const auto known = make_schedule(options.schedule, many_steps); !known) {
      return usage_error("--schedule: " + known.error().message);
    }
  }
  return {};
}

/// Labels in a file of their own are the target; what is not to be looked at, the reader is told.
Result<void> settle_columns(TrainRequest& request) {
  EncoderOptions& encoder = request.encoder;
  if (!request.data.labels.empty() && !encoder.target.empty() && encoder.target != label_column) {
    return usage_error(fmt::format("--target {} and --labels {} both say what is to be predicted; pass one of them.", encoder.target,
                                   request.data.labels));
  }
  if (!request.data.labels.empty()) {
    encoder.target = label_column;
  }
  request.data.ignore = encoder.ignore;
  request.data.only = encoder.features;
  for (const std::string* column : {&encoder.target, &encoder.weight}) {
    if (!encoder.features.empty() && !column->empty()) {
      request.data.only.push_back(*column);
    }
  }
  return {};
}

}  // namespace

Result<void> settle(DataRequest& request) {
  if (request.format == "tsv" && !request.delimiter_given) {
    request.csv.delimiter = '\t';
  }
  if (request.csv.delimiter == request.csv.decimal) {
    return usage_error(
        fmt::format("--delimiter and --decimal are both {}; with decimal commas the cells are parted by another character, such as "
                    "--delimiter semicolon.",
                    fallline::quoted(std::string(1, request.csv.decimal))));
  }
  return {};
}

Result<void> settle(TrainRequest& request) {
  if (auto well = settle(request.data); !well) {
    return well;
  }
  if (auto well = check_memory(request.memory); !well) {
    return well;
  }
  if (auto well = settle_columns(request); !well) {
    return well;
  }
  if (auto well = set_loss_field(request.model.loss, "huber", "delta", "huber-delta", request.huber_delta); !well) {
    return well;
  }
  if (auto well = set_loss_field(request.model.loss, "quantile", "tau", "quantile-tau", request.quantile_tau); !well) {
    return well;
  }
  if (ModelOptions& model = request.model; model.network.activation == "step" && model.network.hidden.empty() && model.model.empty()) {
    model.model = "perceptron";  // which is what a single step on a weighted sum has been called since 1958
    model.network.activation = NetworkOptions().activation;
  }
  if (!request.model.loss.empty()) {  // else the loss follows from the target
    if (const auto well = with_label_smoothing(request.model.loss, request.model.label_smoothing); !well) {
      return usage_error("--label-smoothing: " + well.error().message);
    }
  }
  if (!request.init_from.empty() && request.restarts > 1) {
    return usage_error("--restarts draws several starts and --init-from gives one; leave one of them out.");
  }
  if (const auto well = settle_online(request); !well) {
    return well;
  }
  return check_specs(request.train);
}

}  // namespace fallline::cli
