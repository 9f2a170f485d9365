// SPDX-License-Identifier: Apache-2.0
#include "cli/lists.hpp"

#include <fmt/format.h>

#include <string_view>

#include "cli/descend_walk.hpp"
#include "cli/json.hpp"
#include "cli/models.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/hidden_activation.hpp"
#include "fallline/model/landscape.hpp"
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

About dimensions(const LandscapeInfo& info) {
  const auto [least, most] = info.dimensions;
  return {"dimensions", fmt::format("[{}, {}]", least, most),
          least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, grouped(static_cast<std::int64_t>(most)))};
}

About box(const LandscapeInfo& info) {
  std::vector<std::string> jsons;
  std::vector<std::string> texts;
  for (const Interval& side : info.box) {
    jsons.push_back(json_numbers(std::vector{side.low, side.high}));
    texts.push_back(fmt::format("[{}, {}]", brief(side.low), brief(side.high)));
  }
  return {"box", json_list(jsons), join(texts, " x ")};
}

About minima(const LandscapeInfo& info) {
  std::vector<std::string> jsons;
  std::vector<std::string> texts;
  for (const Minimum& one : info.minima) {
    jsons.push_back(JsonObject().raw("at", json_numbers(one.at)).add("value", one.value).add("global", one.global).text());
    texts.push_back(fmt::format("{}{} at {}", one.global ? "" : "local ", brief(one.value), point_text(one.at)));
  }
  return {"minima", json_list(jsons), join(texts, ", ")};
}

List landscapes() {
  List list{"landscapes", {}};
  for (const LandscapeInfo& info : list_landscapes()) {
    const About below{"bounded_below", info.bounded_below ? "true" : "false", info.bounded_below ? "yes" : "no"};
    list.entries.push_back({info.name,
                            info.summary,
                            info.cites,
                            {dimensions(info), box(info), {"start", json_numbers(info.start), point_text(info.start)}, minima(info), below},
                            info.fields});
  }
  return list;
}

List activations() {
  List list{"activations", {}};
  for (const ActivationInfo& info : list_activations()) {
    list.entries.push_back(
        {info.name, info.summary, info.cites, {{"init", json_text(info.init == Init::he ? "he" : "glorot")}}, info.fields});
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

std::vector<List> all_lists() { return {optimizers(), schedules(), losses(), activations(), landscapes(), models()}; }

}  // namespace fallline::cli
