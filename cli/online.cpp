// SPDX-License-Identifier: Apache-2.0
#include "cli/online.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "cli/narrator.hpp"
#include "cli/online_input.hpp"
#include "cli/online_report.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/train/checkpoint_identity.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/model_file.hpp"
#include "fallline/train/online.hpp"
#include "fallline/train/online_width.hpp"
#include "fallline/train/transfer.hpp"

namespace fallline::cli {

namespace {

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

/// One run, T being the numbers of data and model.
template <class T>
class OnlineRun {
 public:
  OnlineRun(const TrainRequest& request, CheckpointOptions checkpoints, Clock::time_point begun, StopToken stop)
      : request_(request),
        checkpoints_(std::move(checkpoints)),
        begun_(begun),
        stop_(stop),
        pool_(request.threads),
        narrator_(request.log),
        input_(request, pool_, stop) {}

  Result<TrainResult> run() {
    if (auto opened = input_.open(); !opened) {
      return opened.error();
    }
    const auto ready = checkpoints_.resume ? take_up() : begin();
    if (!ready) {
      narrator_.finish();
      return ready.error();
    }
    result_.read_seconds = seconds_since(begun_);
    narrator_.on_plan(plan_.choices);
    const Clock::time_point training = Clock::now();
    auto learnt = learn();
    result_.train_seconds = seconds_since(training);
    narrator_.finish();
    if (!learnt) {
      return learnt.error();
    }
    finish();
    return std::move(result_);
  }

  /// Of a checkpoint. Who stops a stream, or sees it end, does not end the run: it goes on with the rows that come after.
  template <class Archive>
  void state(Archive& archive) {
    const StepRecord& last = trainer_->last();
    std::int64_t steps = last.step;
    std::int64_t epochs = 1;
    Ending ending = ending_ == Ending::interrupted ? Ending::interrupted : Ending::budget;
    archive("online", *trainer_);
    archive("steps", steps);
    archive("epochs", epochs);
    archive("ending", ending);
  }

 private:
  /// A new run, from nothing or from a model.
  Result<void> begin() {
    std::optional<Model> before;
    if (!request_.init_from.empty()) {
      auto loaded = load_model(request_.init_from);
      if (!loaded) {
        return loaded.error();
      }
      before = std::move(*loaded);
      if (auto used = use_columns_of(*before); !used) {
        return used;
      }
    } else if (auto fitted = input_.fit(); !fitted) {
      return fitted;
    }
    result_.fitted = input_.fitted();
    tell("note", input_.notes(), result_.notes);
    tell("note", result_.fitted.notes, result_.notes);
    tell("warning", result_.fitted.warnings, result_.warnings);
    if (auto made = make_setup(); !made) {
      return made;
    }
    const bool holds = !before || (!request_.train.learning_rate && request_.train.optimizer.find("learning_rate=") == std::string::npos);
    if (before && holds) {
      if (auto held = input_.hold(); !held) {
        return held;
      }
    }
    std::optional<Dataset<T>> first;
    if (holds) {
      auto rows = input_.first<T>();
      if (!rows) {
        return rows.error();
      }
      first = std::move(*rows);
      setup_.shape = online_shape(*first, setup_.target);
    }
    if (before) {
      auto taken = transfer(*before, request_.init_from, input_.fitted().encoder, setup_.target, setup_.model);
      if (!taken) {
        return taken.error();
      }
      tell("note", taken->notes, result_.notes);
      setup_.options.start = std::move(taken->start);
    }
    auto plan = plan_online(setup_, first ? &*first : nullptr, pool_);
    if (!plan) {
      return plan.error();
    }
    plan_ = std::move(*plan);
    return create();
  }

  /// The encoder and the target of a model, which the request may name again but not change.
  Result<void> use_columns_of(const Model& before) {
    const std::string target = join(before.target.names(), ",");
    const std::string& asked = request_.encoder.target;
    if (!asked.empty() && asked != target && !asked.starts_with('@')) {
      return usage_error(fmt::format("--target is {} and the model {} predicts {}. Leave --target out, or begin without --init-from.",
                                     asked, request_.init_from, target));
    }
    return input_.use({before.encoder, before.target, {}, {}}, request_.encoder.weight);
  }

  Result<void> make_setup() {
    const Encoder& encoder = input_.fitted().encoder;
    setup_.target = input_.fitted().target;
    auto model = resolve_model(request_.model, setup_.target);
    if (!model) {
      return model.error();
    }
    if (!model->network.hidden.empty() && encoder.features == 0) {
      return usage_error(
          "A network needs at least one feature, and no column makes one. Leave --hidden out for a model of the mean alone.");
    }
    setup_.model = std::move(*model);
    setup_.options = request_.train;
    setup_.shape.features = encoder.features;
    setup_.shape.sparse = !encoding::is_dense(encoder);
    return {};
  }

  /// Goes on with the state of a checkpoint.
  Result<void> take_up() {
    const FoundCheckpoint& found = *checkpoints_.resume;
    if (!found.note.empty()) {
      narrator_.tell("warning", found.note);
    }
    StateReader reader(found.state);
    std::string encoder;
    std::string target;
    std::string weight;
    plan_.state(reader);
    reader("online.encoder", encoder);
    reader("online.target", target);
    reader("online.weight", weight);
    reader("shape.deviations", setup_.shape.deviations);
    reader("shape.mean_weight", setup_.shape.mean_weight);
    if (!reader.well()) {
      return reader.well();
    }
    auto columns = encoder_from_json(encoder);
    auto coding = target_from_json(target);
    if (!columns || !coding) {
      return columns ? coding.error() : columns.error();
    }
    if (auto used = input_.use({std::move(*columns), std::move(*coding), {}, {}}, weight); !used) {
      return used;
    }
    result_.fitted = input_.fitted();
    if (auto made = make_setup(); !made) {
      return made;
    }
    plan_.steps = request_.train.steps.value_or(plan_.steps);
    if (auto made = create(); !made) {
      return made;
    }
    if (auto restored = keeper_->restore(*this); !restored) {
      return restored;
    }
    narrator_.tell("note", fmt::format("the run goes on after row {}, with the rows of {} as those that come next",
                                       grouped(trainer_->last().rows_seen), request_.data.paths.front()));
    return {};
  }

  Result<void> create() {
    auto trainer = OnlineTrainer<T>::create(setup_, plan_, pool_);
    if (!trainer) {
      return trainer.error();
    }
    trainer_ = std::move(*trainer);
    Checkpoint base;
    base.facts = identity(checkpoints_.options);
    base.facts.emplace_back("online.encoder", encoder_to_json(input_.fitted().encoder));
    base.facts.emplace_back("online.target", target_to_json(setup_.target));
    base.facts.emplace_back("online.weight", input_.weight());
    StateWriter writer(base);
    plan_.state(writer);
    writer("shape.deviations", setup_.shape.deviations);
    writer("shape.mean_weight", setup_.shape.mean_weight);
    keeper_.emplace(checkpoints_, std::move(base));
    return {};
  }

  Result<void> learn() {
    report_.emplace(request_.log, request_.run, metric());
    if (auto begun = report_->begin(trainer_->last().rows_seen); !begun) {
      return begun;
    }
    auto read = input_.template each<T>([this](const Dataset<T>& rows) { return learn(rows); });
    if (read && ending_ == Ending::budget && stop_.stop_requested()) {
      ending_ = Ending::interrupted;
    }
    ended_ = read && ending_ == Ending::budget && !spent();
    if (ended_) {
      if (auto rest = after(trainer_->learn_rest()); !rest) {
        return rest.error();
      }
    }
    if (trainer_->last().rows_seen > 0 && !report_->told(trainer_->last().rows_seen)) {
      if (auto told = tell_progress(); !told) {
        return told;
      }
    }
    if (ending_ != Ending::not_finite) {
      if (auto kept = keeper_->keep(*this); !kept) {
        return kept;
      }
    }
    if (!read && !request_.run.empty()) {
      narrator_.tell("note",
                     fmt::format("what was learnt of the {} rows before stands in {}: fallline train - --resume {} goes on with rows "
                                 "that come after",
                                 grouped(trainer_->last().rows_seen), request_.run, request_.run));
    }
    return read;
  }

  /// False: enough.
  Result<bool> learn(const Dataset<T>& data) {
    const Rows<T> rows = data.view();
    for (std::size_t i = 0; i < data.rows; ++i) {
      const auto more = after(trainer_->add(rows, i));
      if (!more || !*more) {
        return more;
      }
    }
    return true;
  }

  /// What is due after a row.
  Result<bool> after(Taken taken) {
    if (taken == Taken::diverged) {
      ending_ = Ending::not_finite;
      return false;
    }
    if (taken == Taken::learnt) {
      const StepRecord& last = trainer_->last();
      if (report_->due(last.rows_seen)) {
        if (auto told = tell_progress(); !told) {
          return told.error();
        }
      }
      narrator_.on_step(last);
      if (keeper_->due(last.step)) {
        if (auto kept = keeper_->keep(*this); !kept) {
          return kept.error();
        }
      }
    }
    if (stop_.stop_requested()) {
      ending_ = Ending::interrupted;
    } else if (request_.train.max_seconds && keeper_->seconds() > *request_.train.max_seconds) {
      ending_ = Ending::time;
    }
    return ending_ == Ending::budget && !spent();
  }

  bool spent() const { return trainer_->last().step >= plan_.steps; }

  Result<void> tell_progress() {
    narrator_.finish();
    auto told = report_->tell(trainer_->last(), trainer_->progressive(), trainer_->recent());
    trainer_->begin_recent();
    return told;
  }

  const char* metric() const { return setup_.target.classification ? "accuracy" : "rmse"; }

  void finish() {
    const StepRecord& last = trainer_->last();
    const Progressive progressive = trainer_->progressive();
    Run& run = result_.run;
    run.choices = plan_.choices;
    run.epochs = 1;
    run.steps = last.step;
    run.learning_rate = plan_.learning_rate;
    run.optimizer = plan_.optimizer;
    run.schedule = plan_.schedule;
    run.batch_size = plan_.batch_size;
    run.train_loss = not_measured;  // of rows already learnt nothing is told
    run.objective = not_measured;
    run.model = trainer_->model();
    narrow(result_.fitted.encoder, run.model, trainer_->widest());
    run.parameters = run.model.parameters();
    result_.rows = static_cast<std::size_t>(last.rows_seen);
    result_.progressive = progressive;
    run.evidence = {{"rows", static_cast<double>(progressive.rows)},
                    {"progressive_loss", progressive.loss},
                    {fmt::format("progressive_{}", metric()), progressive.metric}};
    const std::string rows = grouped(last.rows_seen) + (last.rows_seen == 1 ? " row" : " rows");
    const std::string loss = fmt::format("each predicted before it was learnt, at a mean loss of {}", brief(progressive.loss));
    if (ending_ == Ending::not_finite) {
      run.outcome = Outcome::diverged;
      run.evidence.emplace_back("learning_rate", plan_.learning_rate);
      run.why =
          fmt::format("Diverged at row {}: it was predicted at a loss of {}. Try a smaller --learning-rate than {}, or leave it to auto.",
                      grouped(last.rows_seen), brief(last.train_loss, 4), brief(plan_.learning_rate, 4));
    } else if (ending_ == Ending::interrupted) {
      run.outcome = Outcome::interrupted;
      run.why = fmt::format("Interrupted after {}, {}.", rows, loss);
      if (!request_.run.empty()) {
        narrator_.tell("note", fmt::format("the run goes on with rows that come after: fallline train - --resume {}", request_.run));
      }
    } else {
      run.outcome = Outcome::budget;
      run.why = ended_ ? fmt::format("The stream ended after {}, {}.", rows, loss)
                : ending_ == Ending::time
                    ? fmt::format("The budget of {} s was spent after {}, {}.", brief(*request_.train.max_seconds), rows, loss)
                    : fmt::format("The budget of {} steps was spent on {}, {}.", grouped(last.step), rows, loss);
    }
    if (input_.left_out() > 0) {
      tell("warning",
           {fmt::format("left out: {} entries with a number above {}; --width makes room for more",
                        grouped(static_cast<std::int64_t>(input_.left_out())), input_.fitted().encoder.features)},
           result_.warnings);
    }
  }

  void tell(std::string_view kind, const std::vector<std::string>& messages, std::vector<std::string>& kept) {
    for (const std::string& message : messages) {
      narrator_.tell(kind, message);
      kept.push_back(message);
    }
  }

  const TrainRequest& request_;
  CheckpointOptions checkpoints_;
  Clock::time_point begun_;
  StopToken stop_;
  ThreadPool pool_;
  Narrator narrator_;
  OnlineInput input_;
  OnlineSetup setup_;
  Plan plan_;
  std::unique_ptr<OnlineTrainer<T>> trainer_;
  std::optional<CheckpointKeeper> keeper_;
  std::optional<OnlineReport> report_;
  Ending ending_ = Ending::budget;
  bool ended_ = false;
  TrainResult result_;
};

}  // namespace

Result<TrainResult> run_online(const TrainRequest& request, CheckpointOptions checkpoints, Clock::time_point begun, StopToken stop) {
  return request.double_precision ? OnlineRun<double>(request, std::move(checkpoints), begun, stop).run()
                                  : OnlineRun<float>(request, std::move(checkpoints), begun, stop).run();
}

}  // namespace fallline::cli
