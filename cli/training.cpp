// SPDX-License-Identifier: Apache-2.0
#include "cli/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/narrator.hpp"
#include "cli/open.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/train/train.hpp"

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
  return usage_error(fmt::format("Which column is to be predicted? Pass --target NAME. The columns are {}{}.", join(names, ", "),
                                 all ? "" : fmt::format(" and {} more", schema.columns.size() - few)));
}

/// The parts of a training run that depend on one another, in their order.
class Training {
 public:
  Training(const TrainRequest& request, Clock::time_point begun, StopToken stop)
      : request_(request), begun_(begun), stop_(stop), pool_(request.threads), narrator_(request.log) {}

  Result<TrainResult> run() {
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
    auto source = open_data(request_.data);
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
    const auto data = encode<T>(*source_, schema_, encoder, &target, request_.encoder.weight, pool_);
    if (!data) {
      return data.error();
    }
    source_.reset();  // the raw columns are not needed any more
    result_.rows = data->rows;
    result_.read_seconds = seconds_since(begun_);
    TrainOptions options = request_.train;
    options.feature_names = encoder.feature_names();
    const Clock::time_point training = Clock::now();
    auto run = train(*data, target, *model, options, pool_, {&narrator_}, stop_);
    result_.train_seconds = seconds_since(training);
    if (!run) {
      return run.error();
    }
    result_.run = std::move(*run);
    tell("warning", result_.run.warnings, result_.warnings);
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
  ThreadPool pool_;
  Narrator narrator_;
  std::unique_ptr<Source> source_;
  Schema schema_;
  TrainResult result_;
};

}  // namespace

Result<TrainResult> run_training(const TrainRequest& request, Clock::time_point begun, StopToken stop) {
  return Training(request, begun, stop).run();
}

}  // namespace fallline::cli
