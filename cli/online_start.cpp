// SPDX-License-Identifier: Apache-2.0
#include "cli/online_start.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/train/checkpoint_identity.hpp"
#include "fallline/train/checkpoint_state.hpp"
#include "fallline/train/model_file.hpp"
#include "fallline/train/transfer.hpp"

namespace fallline::cli {

namespace {

void append(std::vector<std::string>& to, const std::vector<std::string>& more) { to.insert(to.end(), more.begin(), more.end()); }

/// The encoder and the target of a model, which the request may name again but not change.
Result<void> use_columns_of(const Model& before, const TrainRequest& request, OnlineInput& input) {
  const std::string target = join(before.target.names(), ",");
  const std::string& asked = request.encoder.target;
  if (!asked.empty() && asked != target && !asked.starts_with('@')) {
    return usage_error(fmt::format("--target is {} and the model {} predicts {}. Leave --target out, or begin without --init-from.", asked,
                                   request.init_from, target));
  }
  return input.use({before.encoder, before.target, {}, {}}, request.encoder.weight);
}

/// All but what the first rows tell.
Result<OnlineSetup> setup_of(const TrainRequest& request, const OnlineInput& input) {
  const Encoder& encoder = input.fitted().encoder;
  auto model = resolve_model(request.model, input.fitted().target);
  if (!model) {
    return model.error();
  }
  if (!model->network.hidden.empty() && encoder.features == 0) {
    return usage_error("A network needs at least one feature, and no column makes one. Leave --hidden out for a model of the mean alone.");
  }
  OnlineSetup setup;
  setup.shape.features = encoder.features;
  setup.shape.sparse = !encoding::is_dense(encoder);
  setup.target = input.fitted().target;
  setup.model = std::move(*model);
  setup.options = request.train;
  return setup;
}

bool has_rate(const TrainOptions& options) {
  return options.learning_rate || options.optimizer.find("learning_rate=") != std::string::npos;
}

/// The shape of a run is that of its encoder; these parts of it are what its first rows told.
template <class Archive>
void shape_state(Archive& archive, OnlineShape& shape) {
  archive("shape.deviations", shape.deviations);
  archive("shape.mean_weight", shape.mean_weight);
}

}  // namespace

template <class T>
Result<OnlineStart> start_anew(const TrainRequest& request, OnlineInput& input, ThreadPool& pool) {
  std::optional<Model> before;
  if (!request.init_from.empty()) {
    auto loaded = load_model(request.init_from);
    if (!loaded) {
      return loaded.error();
    }
    before = std::move(*loaded);
  }
  const bool holds = !before || !has_rate(request.train);
  auto ready = before ? use_columns_of(*before, request, input) : input.fit();
  if (ready && before && holds) {
    ready = input.hold();
  }
  if (!ready) {
    return ready.error();
  }
  auto setup = setup_of(request, input);
  if (!setup) {
    return setup.error();
  }
  OnlineStart start{std::move(*setup), {}, input.notes(), input.fitted().warnings};
  append(start.notes, input.fitted().notes);
  std::optional<Dataset<T>> first;
  if (holds) {
    auto rows = input.first<T>();
    if (!rows) {
      return rows.error();
    }
    first = std::move(*rows);
    start.setup.shape = online_shape(*first, start.setup.target);
  }
  if (before) {
    auto taken = transfer(*before, request.init_from, input.fitted().encoder, start.setup.target, start.setup.model);
    if (!taken) {
      return taken.error();
    }
    append(start.notes, taken->notes);
    start.setup.options.start = std::move(taken->start);
  }
  auto plan = plan_online(start.setup, first ? &*first : nullptr, pool);
  if (!plan) {
    return plan.error();
  }
  start.plan = std::move(*plan);
  return start;
}

Result<OnlineStart> start_from(const Checkpoint& state, const TrainRequest& request, OnlineInput& input) {
  StateReader reader(state);
  Plan plan;
  OnlineShape shape;
  std::string encoder_text;
  std::string target_text;
  std::string weight;
  plan.state(reader);
  shape_state(reader, shape);
  reader("online.encoder", encoder_text);
  reader("online.target", target_text);
  reader("online.weight", weight);
  if (!reader.well()) {
    return reader.well().error();
  }
  auto encoder = encoder_from_json(encoder_text);
  auto target = target_from_json(target_text);
  if (!encoder || !target) {
    return encoder ? target.error() : encoder.error();
  }
  if (auto used = input.use({std::move(*encoder), std::move(*target), {}, {}}, weight); !used) {
    return used.error();
  }
  auto setup = setup_of(request, input);
  if (!setup) {
    return setup.error();
  }
  setup->shape.deviations = std::move(shape.deviations);
  setup->shape.mean_weight = shape.mean_weight;
  plan.steps = request.train.steps.value_or(plan.steps);
  return OnlineStart{std::move(*setup), std::move(plan), {}, {}};
}

Checkpoint checkpoint_of(const OnlineStart& start, const OnlineInput& input, const Facts& options) {
  Checkpoint base{identity(options), {}};
  StateWriter writer(base);
  Plan plan = start.plan;
  OnlineShape shape = start.setup.shape;
  plan.state(writer);
  shape_state(writer, shape);
  writer("online.encoder", encoder_to_json(input.fitted().encoder));
  writer("online.target", target_to_json(input.fitted().target));
  writer("online.weight", input.weight());
  return base;
}

template Result<OnlineStart> start_anew<float>(const TrainRequest&, OnlineInput&, ThreadPool&);
template Result<OnlineStart> start_anew<double>(const TrainRequest&, OnlineInput&, ThreadPool&);

}  // namespace fallline::cli
