// SPDX-License-Identifier: Apache-2.0
#include "cli/narrator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/json.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

constexpr std::chrono::milliseconds between_updates{100};

std::string measured(std::string_view name, double value) {
  return std::isfinite(value) ? fmt::format("  {} {}", name, brief(value)) : std::string();
}

std::string head(const StepRecord& record) { return fmt::format("epoch {}  step {}", grouped(record.epoch), grouped(record.step)); }

std::string step_line(const StepRecord& record) {
  return head(record) + measured("loss", record.train_loss) + measured("rate", record.learning_rate) +
         measured("gradient", record.gradient_norm);
}

std::string epoch_line(const EpochRecord& record) {
  return head(record.last) + measured("loss", record.train_loss) + measured("rate", record.last.learning_rate) +
         measured("gradient", record.last.gradient_norm) + measured("validation", record.validation_loss);
}

std::string epoch_json(const EpochRecord& record) {
  JsonObject object;
  object.add("kind", "epoch").add("epoch", record.last.epoch).add("step", record.last.step).add("rows_seen", record.last.rows_seen);
  object.add("learning_rate", record.last.learning_rate).add("train_loss", record.train_loss).add("objective", record.objective);
  object.add("gradient_norm", record.last.gradient_norm).add("update_norm", record.last.update_norm);
  object.add("validation_loss", record.validation_loss).add("validation_metric", record.validation_metric);
  return object.text();
}

}  // namespace

Narrator::Narrator(LogForm form) : form_(form), live_(form == LogForm::text && stderr_is_terminal()) {}

void Narrator::tell(std::string_view kind, std::string_view message) {
  finish();
  const bool warning = kind == "warning";
  if (form_ == LogForm::json) {
    say(JsonObject().add("kind", kind).add("message", message).text());
  } else if (form_ == LogForm::text) {
    say(warning ? fmt::format("{} {}", red_on_stderr("warning:"), message) : std::string(message));
  }
}

void Narrator::on_plan(const std::vector<std::string>& choices) {
  for (const std::string& choice : choices) {
    tell("choice", choice);
  }
}

void Narrator::on_step(const StepRecord& record) {
  if (live_ && Clock::now() >= next_update_) {
    update(step_line(record));
  }
}

void Narrator::on_epoch(const EpochRecord& record) {
  if (form_ == LogForm::json) {
    say(epoch_json(record));
    return;
  }
  if (live_) {
    if (Clock::now() >= next_update_) {
      update(epoch_line(record));
    }
    return;
  }
  if (form_ == LogForm::text && record.last.epoch >= next_epoch_) {
    say(epoch_line(record));
    next_epoch_ = std::max(record.last.epoch + 1, static_cast<std::int64_t>(static_cast<double>(record.last.epoch) * 1.7));
  }
}

void Narrator::update(const std::string& line) {
  say_over(line);
  line_stands_ = true;
  next_update_ = Clock::now() + between_updates;
}

void Narrator::finish() {
  if (line_stands_) {
    say_over("");
    line_stands_ = false;
  }
}

}  // namespace fallline::cli
