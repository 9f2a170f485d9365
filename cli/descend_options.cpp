// SPDX-License-Identifier: Apache-2.0
#include "cli/descend_options.hpp"

#include <fmt/format.h>

#include "cli/options_special.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/formula.hpp"
#include "fallline/optim/schedule.hpp"

namespace fallline::cli {

namespace {

constexpr Range at_least_one{1, 1e15};

void add_start(OptionList& list, DescendRequest& to) {
  list.add({"start", "A,B,...", "", "where to begin, a number a coordinate; without it the landscape's own start", ValueKind::list,
            [&to](const std::vector<std::string>& given) -> Result<void> {
              to.start.clear();
              if (given.empty()) {
                return bad_value("start", "finite numbers with commas between them, such as --start=-1.2,1", "");
              }
              for (const std::string& text : given) {
                const auto number = parse_double(text);
                if (!number) {
                  return bad_value("start", "finite numbers with commas between them, such as --start=-1.2,1", text);
                }
                to.start.push_back(*number);
              }
              return {};
            },
            [&to]() -> std::optional<std::vector<std::string>> {
              std::vector<std::string> texts;
              for (const double x : to.start) {
                texts.push_back(shortest(x));
              }
              return texts.empty() ? std::nullopt : std::optional(texts);
            }});
}

void add_function(OptionList& list, DescendRequest& to) {
  list.group("Function");
  list.number("dimension", "N", FieldKind::integer, Range{1, static_cast<double>(largest_dimension)},
              "number of coordinates, for landscapes that have any; without it 2", to.dimension);
  add_start(list, to);
  list.number("restarts", "K", FieldKind::integer, Range{0, 1e6},
              "descend from K starts, uniform in the box by the seed, and list all that was found", to.restarts);
  list.number("noise", "S", FieldKind::real, nonnegative, "adds S times a standard normal vector to each gradient, by the seed", to.noise);
}

void add_method(OptionList& list, DescendRequest& to) {
  list.group("Method");
  list.text("optimizer", "NAME[:FIELD=VALUE,...]", "update rule and its settings; see fallline list optimizers", to.optimizer);
  list.number("learning-rate", "R", FieldKind::real, positive, "length of the steps; without it the optimizer's own", to.learning_rate);
  list.text("schedule", "NAME[:FIELD=VALUE,...]", "course of the learning rate", to.schedule);
  add_chain(list, to.chain);
}

void add_running(OptionList& list, DescendRequest& to) {
  list.group("Budget and stopping");
  list.number("steps", "N", FieldKind::integer, at_least_one,
              fmt::format("most optimiser steps; without it {} or until converged", grouped(default_descend_steps)), to.steps);
  list.number("tolerance", "T", FieldKind::real, nonnegative,
              "converged once no coordinate of the gradient is larger; without it 1e-8, and given --steps are all taken by a rule",
              to.tolerance);
  list.group("Running");
  list.number("seed", "N", FieldKind::integer, Range{0, 9e15}, "seed of noise and restarts", to.seed);
  list.number("threads", "N", FieldKind::integer, Range{0, 4096}, "threads for restarts, 0 for all cores; results do not depend on it",
              to.threads);
  list.text("trace", "FILE.csv", "every step: step,x0,x1,...,value,gradient_norm; of the best restart", to.trace);
  list.flag("plot", "draw the path over the contours of a function in two dimensions; on a terminal it is drawn anyway", to.plot);
  list.choice(
      "log", "text|quiet", "warnings on stderr", [&to](std::size_t at) { to.log = at == 0 ? LogForm::text : LogForm::quiet; },
      [&to] { return to.log == LogForm::text ? 0U : 1U; });
  list.flag("json", "one JSON object on stdout in place of the summary", to.json);
}

}  // namespace

OptionList descend_options(DescendRequest& to) {
  OptionList list;
  add_function(list, to);
  add_method(list, to);
  add_running(list, to);
  return list;
}

Result<std::unique_ptr<Landscape>> settle(const DescendRequest& request) {
  auto landscape = landscape_or_formula(request.function, request.dimension);
  if (!landscape) {
    return landscape;
  }
  const LandscapeInfo& info = (*landscape)->info();
  if (!request.start.empty() && request.start.size() != info.dimension) {
    return usage_error(fmt::format("--start takes {} here, not {}: {} has {}.",
                                   info.dimension == 1 ? "1 number" : fmt::format("{} numbers", info.dimension), request.start.size(),
                                   fallline::quoted((*landscape)->spec()),
                                   info.dimension == 1 ? "1 coordinate" : fmt::format("{} coordinates", info.dimension)));
  }
  if (!request.start.empty() && request.restarts > 0) {
    return usage_error(
        "--restarts draws its own starts from the box; leave out --start, or descend from that one start without --restarts.");
  }
  if (const auto known = default_learning_rate(request.optimizer); !known) {
    return usage_error("--optimizer: " + known.error().message);
  }
  if (const auto known = make_schedule(request.schedule, request.steps.value_or(default_descend_steps)); !known) {
    return usage_error("--schedule: " + known.error().message);
  }
  return landscape;
}

}  // namespace fallline::cli
