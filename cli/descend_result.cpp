// SPDX-License-Identifier: Apache-2.0
#include "cli/descend_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "cli/descend_walk.hpp"
#include "cli/json.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

struct Known {
  const Minimum* minimum = nullptr;  // the nearest known one
  double distance = 0;
};

Known nearest_known(const LandscapeInfo& info, const std::vector<double>& x) {
  Known out;
  for (const Minimum& minimum : info.minima) {
    double squares = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      squares += (x[i] - minimum.at[i]) * (x[i] - minimum.at[i]);
    }
    const double distance = std::sqrt(squares);
    if (out.minimum == nullptr || distance < out.distance) {
      out = {&minimum, distance};
    }
  }
  return out;
}

std::string value_at(const std::vector<double>& x, double value) { return fmt::format("value {} at {}", brief(value), point_text(x)); }

std::string times(std::int64_t n, std::string_view one) { return fmt::format("{} {}{}", grouped(n), one, n == 1 ? "" : "s"); }

std::string minima_text(const std::vector<FoundMinimum>& minima) {
  constexpr std::size_t shown = 20;
  std::vector<std::vector<std::string>> rows{{"value", "starts", "at"}};
  for (std::size_t i = 0; i < std::min(shown, minima.size()); ++i) {
    const FoundMinimum& one = minima[i];
    rows.push_back({brief(one.value), std::to_string(one.runs), point_text(one.x) + (one.converged > 0 ? "" : "  not converged")});
  }
  const std::string more = minima.size() > shown ? fmt::format("  and {} more, which --json lists\n", minima.size() - shown) : "";
  return fmt::format("{}\n{}{}", bold_on_stdout("ends found, the best first"), aligned(rows, {true, true, false}), more);
}

}  // namespace

std::string descend_text(const DescendRequest& request, const Landscape& landscape, const Descended& descended) {
  const LandscapeInfo& info = landscape.info();
  const MinimizeResult& end = descended.end;
  std::vector<std::vector<std::string>> rows = {
      {"function", fmt::format("{}, {}", landscape.spec(), times(static_cast<std::int64_t>(info.dimension), "coordinate"))},
      {"method", fmt::format("{} at learning rate {}: {}, {}", request.optimizer, brief(descended.learning_rate), times(end.steps, "step"),
                             times(end.evaluations, "evaluation"))},
      {"start", value_at(descended.start, descended.start_value)},
      {end.outcome == Outcome::diverged ? "lowest" : "end", value_at(end.x, end.value)},
  };
  if (const Known known = nearest_known(info, end.x); known.minimum != nullptr) {
    rows.push_back({"known", fmt::format("{}{}, {} away{}", known.minimum->global ? "" : "local ",
                                         value_at(known.minimum->at, known.minimum->value), brief(known.distance, 3),
                                         info.minima.size() > 1 ? fmt::format(" (the nearest of {})", info.minima.size()) : "")});
  }
  if (!request.trace.empty()) {
    rows.push_back({"trace", fmt::format("{}, {}", request.trace, times(static_cast<std::int64_t>(end.path.size()), "row"))});
  }
  std::string text = fmt::format("{}\n{}", bold_on_stdout(wrapped(end.why, 0)), aligned(rows));
  return descended.minima.empty() ? text : text + minima_text(descended.minima);
}

std::string descend_json(const DescendRequest& request, const Landscape& landscape, const Descended& descended) {
  const MinimizeResult& end = descended.end;
  JsonObject evidence;
  for (const auto& [name, value] : end.evidence) {
    evidence.add(name, value);
  }
  std::vector<std::string> minima;
  for (const FoundMinimum& one : descended.minima) {
    JsonObject object;
    object.raw("x", json_numbers(one.x)).add("value", one.value).add("count", one.runs).add("converged", one.converged > 0);
    minima.push_back(object.text());
  }
  const Known known = nearest_known(landscape.info(), end.x);
  JsonObject object;
  object.add("outcome", outcome_name(end.outcome)).add("why", end.why).raw("evidence", evidence.text());
  object.add("function", landscape.spec()).add("dimension", landscape.info().dimension).add("optimizer", request.optimizer);
  object.add("learning_rate", descended.learning_rate).raw("start", json_numbers(descended.start)).raw("x", json_numbers(end.x));
  object.add("value", end.value).add("gradient_norm", end.gradient_norm).add("steps", end.steps).add("evaluations", end.evaluations);
  object.raw("minima", json_list(minima)).raw("distance", known.minimum == nullptr ? "null" : json_number(known.distance));
  return object.raw("warnings", json_texts(descended.warnings)).lines();
}

std::string trace_csv(const MinimizeResult& end) {
  std::string out = "step";
  const std::size_t dimension = end.path.empty() ? 0 : end.path.front().size();
  for (std::size_t i = 0; i < dimension; ++i) {
    out += fmt::format(",x{}", i);
  }
  out += ",value,gradient_norm\n";
  const auto to = std::back_inserter(out);
  for (std::size_t step = 0; step < end.path.size(); ++step) {
    fmt::format_to(to, "{}", step);
    for (const double x : end.path[step]) {
      fmt::format_to(to, ",{:.17g}", x);
    }
    fmt::format_to(to, ",{:.17g},{:.17g}\n", end.path_values[step], end.path_gradient_norms[step]);
  }
  return out;
}

}  // namespace fallline::cli
