// SPDX-License-Identifier: Apache-2.0
#include "cli/online.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "cli/narrator.hpp"
#include "cli/online_input.hpp"
#include "cli/online_report.hpp"
#include "cli/online_start.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/train/descent.hpp"
#include "fallline/train/online.hpp"
#include "fallline/train/online_width.hpp"

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
    const auto ready = begin();
    if (!ready) {
      narrator_.finish();
      return ready.error();
    }
    result_.read_seconds = seconds_since(begun_);
    narrator_.on_plan(start_.plan.choices);
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
  Result<void> begin() {
    const std::optional<FoundCheckpoint>& found = checkpoints_.resume;
    if (found && !found->note.empty()) {
      narrator_.tell("warning", found->note);
    }
    if (!found && !request_.resume.empty()) {
      narrator_.tell("note", fmt::format("{} holds no checkpoint yet: the run begins anew", request_.resume));
    }
    auto start = found ? start_from(found->state, request_, input_) : start_anew<T>(request_, input_, pool_);
    if (!start) {
      return start.error();
    }
    start_ = std::move(*start);
    result_.fitted = input_.fitted();
    tell("note", start_.notes, result_.notes);
    tell("warning", start_.warnings, result_.warnings);
    auto trainer = OnlineTrainer<T>::create(start_.setup, start_.plan, pool_);
    if (!trainer) {
      return trainer.error();
    }
    trainer_ = std::move(*trainer);
    keeper_.emplace(checkpoints_, checkpoint_of(start_, input_, checkpoints_.options));
    if (!keeper_->resumes()) {
      return {};
    }
    if (auto restored = keeper_->restore(*this); !restored) {
      return restored;
    }
    narrator_.tell("note", fmt::format("the run goes on after row {}, with the rows of {} as those that come next",
                                       grouped(trainer_->last().rows_seen + static_cast<std::int64_t>(trainer_->waiting())),
                                       request_.data.paths.front()));
    return {};
  }

  Result<void> learn() {
    report_.emplace(request_.log, request_.run, metric());
    if (auto begun = report_->begin(trainer_->last().rows_seen); !begun) {
      return begun;
    }
    held_ = static_cast<std::int64_t>(input_.held());
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
    if (stop_.stop_requested() && trainer_->last().rows_seen >= held_) {
      ending_ = Ending::interrupted;
    } else if (request_.train.max_seconds && keeper_->seconds() > *request_.train.max_seconds) {
      ending_ = Ending::time;
    }
    return ending_ == Ending::budget && !spent();
  }

  bool spent() const { return trainer_->last().step >= start_.plan.steps; }

  Result<void> tell_progress() {
    narrator_.finish();
    auto told = report_->tell(trainer_->last(), trainer_->progressive(), trainer_->recent());
    trainer_->begin_recent();
    return told;
  }

  const char* metric() const { return start_.setup.target.classification ? "accuracy" : "rmse"; }

  void finish() {
    const StepRecord& last = trainer_->last();
    const Progressive progressive = trainer_->progressive();
    Run& run = result_.run;
    run.choices = start_.plan.choices;
    run.epochs = 1;
    run.steps = last.step;
    run.learning_rate = start_.plan.learning_rate;
    run.optimizer = start_.plan.optimizer;
    run.schedule = start_.plan.schedule;
    run.batch_size = start_.plan.batch_size;
    run.train_loss = not_measured;  // of rows already learnt nothing is told
    run.objective = not_measured;
    run.model = trainer_->model();
    narrow(result_.fitted.encoder, run.model, std::max<std::size_t>(1, trainer_->widest()));
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
      run.evidence.emplace_back("learning_rate", start_.plan.learning_rate);
      run.why =
          fmt::format("Diverged at row {}: it was predicted at a loss of {}. Try a smaller --learning-rate than {}, or leave it to auto.",
                      grouped(last.rows_seen), brief(last.train_loss, 4), brief(start_.plan.learning_rate, 4));
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
    if (input_.left_out()) {
      tell("warning",
           {fmt::format("entries with a number above {}, the width, were left out; --width makes room for more",
                        input_.fitted().encoder.matrix->width - 1 + input_.fitted().encoder.matrix->first_number)},
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
  OnlineStart start_;
  std::unique_ptr<OnlineTrainer<T>> trainer_;
  std::optional<CheckpointKeeper> keeper_;
  std::optional<OnlineReport> report_;
  Ending ending_ = Ending::budget;
  bool ended_ = false;
  std::int64_t held_ = 0;  // rows that were read before the first was learnt: a stop waits for them
  TrainResult result_;
};

}  // namespace

Result<TrainResult> run_online(const TrainRequest& request, CheckpointOptions checkpoints, Clock::time_point begun, StopToken stop) {
  return request.double_precision ? OnlineRun<double>(request, std::move(checkpoints), begun, stop).run()
                                  : OnlineRun<float>(request, std::move(checkpoints), begun, stop).run();
}

}  // namespace fallline::cli
