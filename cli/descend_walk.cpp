// SPDX-License-Identifier: Apache-2.0
#include "cli/descend_walk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

constexpr double default_tolerance = 1e-8;
constexpr double landscape_reach = 10;
constexpr double formula_reach = 1e5;  // the box of a formula is a guess: its minimum may well lie outside

bool is_formula(const LandscapeInfo& info) { return info.summary.starts_with("a formula"); }

/// A line search finds no lower point at a minimum, where a rule would go on.
bool ends_itself(const std::string& optimizer) { return optimizer.substr(0, optimizer.find(':')) == "l-bfgs"; }

/// The box, stretched where the start lies outside, times the reach.
std::vector<Interval> bounds_of(const LandscapeInfo& info, const std::vector<double>& start) {
  const double reach = is_formula(info) ? formula_reach : landscape_reach;
  std::vector<Interval> bounds;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const double low = std::min(info.box[i].low, start[i]);
    const double high = std::max(info.box[i].high, start[i]);
    const double middle = low / 2 + high / 2;
    bounds.push_back({middle - reach * (middle - low), middle + reach * (high - middle)});
  }
  return bounds;
}

/// Sees every point; asks the run to stop at the first one outside.
class Watch {
 public:
  Watch(std::vector<Interval> bounds, StopToken user) : bounds_(std::move(bounds)), user_(user) {}

  StopToken token() const { return source_.token(); }
  bool left() const { return left_; }

  void see(const MinimizeStep& step) {
    if (step.step == 0 || step.value < best_value_) {
      best_.assign(step.x.begin(), step.x.end());
      best_value_ = step.value;
      best_norm_ = step.gradient_norm;
    }
    for (std::size_t i = 0; i < step.x.size() && !left_; ++i) {
      left_ = step.x[i] < bounds_[i].low || step.x[i] > bounds_[i].high;
      coordinate_ = i;
      at_ = step.x[i];
    }
    if (left_ || user_.stop_requested()) {
      source_.request_stop();
    }
  }

  void tell(const LandscapeInfo& info, double learning_rate, MinimizeResult& result) const {
    const Interval bounds = bounds_[coordinate_];
    const bool fell = best_value_ < result.evidence.at(1).second;
    result.outcome = Outcome::diverged;
    result.x = best_;
    result.value = best_value_;
    result.gradient_norm = best_norm_;
    result.why =
        fmt::format("Diverged at step {}: x{} = {} lies outside {}, [{}, {}].", grouped(result.steps), coordinate_, brief(at_),
                    is_formula(info) ? "what a formula is searched in" : "ten times the box", brief(bounds.low), brief(bounds.high));
    if (is_formula(info) && fell) {
      result.why += " The value still fell: the formula may have no lower end.";
    } else if (info.bounded_below) {
      result.why += fmt::format(" Try a smaller --learning-rate (this run used {}) or another --optimizer.", brief(learning_rate, 4));
    }
    result.evidence = {{"step", static_cast<double>(result.steps)},
                       {"coordinate", static_cast<double>(coordinate_)},
                       {"at", at_},
                       {"low", bounds.low},
                       {"high", bounds.high},
                       {"lowest_value", best_value_}};
  }

 private:
  std::vector<Interval> bounds_;
  StopToken user_;
  StopSource source_;
  bool left_ = false;
  std::size_t coordinate_ = 0;
  double at_ = 0;
  std::vector<double> best_;
  double best_value_ = 0;
  double best_norm_ = 0;
};

/// Where there is no bottom, divergence is no one's fault.
std::string expected_end(const LandscapeInfo& info) {
  return info.minima.empty()
             ? fmt::format(" {} is unbounded below, so this is the expected end.", info.name)
             : fmt::format(" Outside its box {} is unbounded below, so this is the expected end of a path that leaves it.", info.name);
}

}  // namespace

std::string point_text(const std::vector<double>& x, int digits) {
  constexpr std::size_t shown = 6;
  std::string out;
  for (std::size_t i = 0; i < std::min(x.size(), x.size() > shown ? shown - 2 : shown); ++i) {
    out += fmt::format("{}{}", i > 0 ? ", " : "", brief(x[i], digits));
  }
  return x.size() > shown ? fmt::format("({}, ... {} coordinates)", out, grouped(static_cast<std::int64_t>(x.size())))
                          : fmt::format("({})", out);
}

Result<MinimizeResult> walk(const DescendRequest& request, Landscape& landscape, const std::vector<double>& start, std::uint64_t seed,
                            bool with_path, StopToken stop) {
  const LandscapeInfo& info = landscape.info();
  Watch watch(bounds_of(info, start), stop);
  const bool all_steps = request.steps && !request.tolerance && !ends_itself(request.optimizer);  // a budget given is spent as told
  MinimizeOptions options;
  options.optimizer = request.optimizer;
  options.learning_rate = request.learning_rate;
  options.schedule = request.schedule;
  options.steps = request.steps.value_or(default_descend_steps);
  options.gradient_tolerance = all_steps ? 0 : request.tolerance.value_or(default_tolerance);
  options.noise = request.noise;
  options.seed = seed;
  options.chain = request.chain;
  options.keep_path = with_path;
  options.observer = [&watch](const MinimizeStep& step) { watch.see(step); };
  options.stop = watch.token();
  auto result =
      minimize([&landscape](std::span<const double> x, std::span<double> g) { return landscape.value_and_gradient(x, g); }, start, options);
  if (!result) {
    return result;
  }
  const bool small = result->gradient_norm <= default_tolerance && request.noise == 0;
  if (watch.left()) {
    watch.tell(info, request.learning_rate.value_or(*default_learning_rate(request.optimizer)), *result);
  } else if (all_steps && small && (result->outcome == Outcome::budget || result->outcome == Outcome::stalled)) {
    result->outcome = Outcome::converged;
    result->why =
        fmt::format("Converged: after all {} steps the gradient is {} long.", grouped(result->steps), brief(result->gradient_norm, 2));
  }
  if (result->outcome == Outcome::diverged && !info.bounded_below) {
    result->why += expected_end(info);
  }
  return result;
}

}  // namespace fallline::cli
