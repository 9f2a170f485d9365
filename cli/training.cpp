// SPDX-License-Identifier: Apache-2.0
#include "cli/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cli/explain_input.hpp"
#include "cli/memory.hpp"
#include "cli/narrator.hpp"
#include "cli/open.hpp"
#include "fallline/base/memory.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/train/checkpoint_identity.hpp"
#include "fallline/train/restarts.hpp"
#include "fallline/train/train.hpp"
#include "fallline/train/transfer.hpp"
#include "fallline/train/window_room.hpp"

namespace fallline::cli {

namespace {

Error no_target(const Schema& schema) {
  constexpr std::size_t few = 30;
  std::vector<std::string> names;
  for (const ColumnInfo& column : schema.columns) {
    names.push_back(column.name);
  }
  const bool all = names.size() <= few;
  names.resize(std::min(names.size(), few));
  return usage_error(fmt::format("Which column is to be predicted? Pass --target NAME{}. The columns are {}{}.",
                                 schema.matrix_input ? " or --labels FILE" : "", join(names, ", "),
                                 all ? "" : fmt::format(" and {} more", schema.columns.size() - few)));
}

/// The parts of a training run that depend on one another, in their order.
class Training {
 public:
  Training(const TrainRequest& request, Clock::time_point begun, StopToken stop)
      : request_(request),
        begun_(begun),
        stop_(stop),
        memory_(limit_of(request.memory), folder_of(request.memory), may_cache(request.memory)),
        pool_(request.threads),
        narrator_(request.log) {}

  Result<std::string> explain() {
    if (auto read = read_data(); !read) {
      return read.error();
    }
    return request_.json ? explain_json(schema_, result_.fitted, request_, result_.notes, result_.warnings)
                         : explain_text(schema_, result_.fitted, request_);
  }

  Result<TrainResult> run(CheckpointOptions checkpoints) {
    checkpoints_ = std::move(checkpoints);
    tell_of_resume();
    if (!request_.init_from.empty()) {
      auto before = load_model(request_.init_from);
      if (!before) {
        return before.error();
      }
      before_ = std::move(*before);
    }
    if (auto read = read_data(); !read) {
      return read.error();
    }
    auto trained = request_.double_precision ? train_as<double>() : train_as<float>();
    narrator_.finish();
    if (!trained) {
      return trained.error();
    }
    return std::move(result_);
  }

 private:
  Result<void> read_data() {
    DataRequest data = request_.data;
    data.memory = &memory_;
    for (const auto& [name, coding] : request_.encoder.hashed) {
      if (!name.starts_with('@')) {
        data.csv.types.try_emplace(name, ColumnType::text);  // what is to be hashed is text, whatever its cells look like
      }
    }
    auto source = open_data(data);
    if (!source) {
      return source.error();
    }
    source_ = std::move(*source);
    auto schema = source_->scan(pool_, stop_);
    if (!schema) {
      return schema.error();
    }
    schema_ = std::move(*schema);
    tell("note", source_->notes(), result_.notes);
    EncoderOptions options = request_.encoder;
    options.target = options.target.empty() ? schema_.target : options.target;
    if (options.target.empty()) {
      return no_target(schema_);
    }
    options.double_precision = request_.double_precision;
    for (const auto& [name, type] : request_.data.csv.types) {
      options.keep.push_back(name);
    }
    options.split = {request_.train.validation, request_.train.seed};
    auto fitted = fit_encoder(*source_, schema_, options, request_.task, pool_);
    if (!fitted) {
      return fitted.error();
    }
    result_.fitted = std::move(*fitted);
    tell("note", result_.fitted.notes, result_.notes);
    tell("warning", result_.fitted.warnings, result_.warnings);
    return {};
  }

  template <class T>
  Result<void> train_as() {
    const Encoder& encoder = result_.fitted.encoder;
    const TargetCoding& target = result_.fitted.target;
    const auto model = resolve_model(request_.model, target);
    if (!model) {
      return model.error();
    }
    auto data = encode<T>(*source_, schema_, encoder, &target, request_.encoder.weight, pool_, place());
    if (!data) {
      return data.error();
    }
    if (const auto fits = check_window_room(*data, request_.train.shuffle_window, memory_); !fits) {
      return fits.error();
    }
    source_.reset();  // the raw columns are not needed any more, but where rows are encoded again
    give_back_freed_memory();
    if (request_.class_weights.given()) {
      if (auto weighed = weigh(*data); !weighed) {
        return weighed;
      }
    }
    result_.rows = data->rows;
    result_.read_seconds = seconds_since(begun_);
    TrainOptions options = request_.train;
    if (before_) {
      auto taken = transfer(*before_, request_.init_from, encoder, target, *model);
      if (!taken) {
        return taken.error();
      }
      tell("note", taken->notes, result_.notes);
      options.start = std::move(taken->start);
    }
    options.feature_name = [&encoder](std::size_t feature) { return encoder.feature_name(feature); };
    const Clock::time_point training = Clock::now();
    auto run = train_from_here(*data, *model, options);
    result_.train_seconds = seconds_since(training);
    if (!run) {
      return run.error();
    }
    result_.run = std::move(*run);
    if (result_.run.outcome == Outcome::interrupted && !request_.run.empty()) {
      narrator_.tell("note", fmt::format("{}: fallline train --resume {}",
                                         request_.restarts == 1 ? "the run goes on from here with"
                                                                : "several starts keep no checkpoints; the run begins anew with",
                                         request_.run));
    }
    tell("warning", result_.run.warnings, result_.warnings);
    return {};
  }

  /// Of this process alone: the account of the run is the same as if nothing had happened.
  void tell_of_resume() {
    if (request_.resume.empty()) {
      return;
    }
    if (!checkpoints_.resume) {
      narrator_.tell("note", fmt::format("{} holds no checkpoint yet: the run begins anew", request_.resume));
      return;
    }
    if (!checkpoints_.resume->note.empty()) {
      narrator_.tell("warning", checkpoints_.resume->note);
    }
    const Progress progress = progress_of(checkpoints_.resume->state);
    narrator_.tell("note", fmt::format("the run goes on after step {} of epoch {}", grouped(progress.steps), grouped(progress.epochs)));
  }

  template <class T>
  Result<Run> train_from_here(const Dataset<T>& data, const ModelOptions& model, const TrainOptions& options) {
    const TargetCoding& target = result_.fitted.target;
    if (request_.restarts == 1) {
      return train(data, target, model, options, pool_, {&narrator_}, stop_, std::move(checkpoints_));
    }
    tell("note", {fmt::format("{} starts, each on a thread of its own; told as it goes is the first", request_.restarts)}, result_.notes);
    auto best = train_from_starts(request_.restarts, data, target, model, options, pool_, {&narrator_}, stop_);
    if (!best) {
      return best.error();
    }
    result_.starts = {best->winner, std::move(best->starts)};
    tell("note", start_lines(result_.starts), result_.notes);
    return std::move(best->run);
  }

  Place place() {
    const auto on_store = [this](std::uint64_t bytes) {
      narrator_.tell("note", note_of_store(request_.memory, bytes));
      if (const std::string warning = warning_of_store(request_.memory, request_.double_precision); !warning.empty()) {
        tell("warning", {warning}, result_.warnings);
      }
    };
    return {.memory = &memory_, .again = may_cache(request_.memory) ? nullptr : source_, .on_store = on_store, .last = true};
  }

  template <class T>
  Result<void> weigh(Dataset<T>& data) {
    const TargetCoding& target = result_.fitted.target;
    const auto weights = weigh_classes(data, target, request_.class_weights, {request_.train.validation, request_.train.seed});
    if (!weights) {
      return weights.error();
    }
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < weights->size(); ++i) {
      result_.class_weights.emplace_back(target.classes[i], (*weights)[i]);
      parts.push_back(fmt::format("{} {}", target.classes[i], brief((*weights)[i])));
    }
    constexpr std::size_t few = 20;
    parts.resize(std::min(parts.size(), few));
    tell("note", {fmt::format("the classes weigh {}", join(parts, ", "))}, result_.notes);
    return {};
  }

  void tell(std::string_view kind, const std::vector<std::string>& messages, std::vector<std::string>& kept) {
    for (const std::string& message : messages) {
      narrator_.tell(kind, message);
      kept.push_back(message);
    }
  }

  const TrainRequest& request_;
  Clock::time_point begun_;
  StopToken stop_;
  CheckpointOptions checkpoints_;
  Memory memory_;
  ThreadPool pool_;
  Narrator narrator_;
  std::shared_ptr<Source> source_;
  Schema schema_;
  std::optional<Model> before_;  // --init-from
  TrainResult result_;
};

}  // namespace

Result<std::string> explain_training(const TrainRequest& request, StopToken stop) {
  return Training(request, Clock::now(), stop).explain();
}

Result<TrainResult> run_training(const TrainRequest& request, CheckpointOptions checkpoints, Clock::time_point begun, StopToken stop) {
  return Training(request, begun, stop).run(std::move(checkpoints));
}

}  // namespace fallline::cli
