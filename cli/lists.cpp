// SPDX-License-Identifier: Apache-2.0
#include "cli/lists.hpp"

#include <string_view>

#include "cli/json.hpp"
#include "cli/models.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/schedule.hpp"

namespace fallline::cli {

namespace {

std::string_view task_name(LossTask task) {
  switch (task) {
    case LossTask::regression:
      return "regression";
    case LossTask::counts:
      return "counts";
    case LossTask::binary:
      return "two classes";
    case LossTask::multiclass:
      break;
  }
  return "several classes";
}

List optimizers() {
  List list{"optimizers", {}};
  for (const OptimizerInfo& info : list_optimizers()) {
    list.entries.push_back(
        {info.name,
         info.summary,
         info.cites,
         {{"kind", json_text(info.kind)}, {"learning_rate", json_number(info.learning_rate)}, {"presets", json_texts(info.presets)}},
         info.fields});
  }
  return list;
}

List schedules() {
  List list{"schedules", {}};
  for (const ScheduleInfo& info : list_schedules()) {
    list.entries.push_back({info.name, info.summary, info.cites, {}, info.fields});
  }
  return list;
}

List losses() {
  List list{"losses", {}};
  for (const LossInfo& info : list_losses()) {
    list.entries.push_back({info.name, info.summary, info.cites, {{"task", json_text(task_name(info.task))}}, info.fields});
  }
  return list;
}

List models() {
  List list{"models", {}};
  for (const ModelInfo& info : list_models()) {
    list.entries.push_back({info.name, info.summary, "", {{"loss", json_text(info.loss)}}, {}});
  }
  return list;
}

}  // namespace

std::vector<List> all_lists() { return {optimizers(), schedules(), losses(), models()}; }

}  // namespace fallline::cli
