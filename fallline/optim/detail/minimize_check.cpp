// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/optim/detail/minimizer.hpp"

namespace fallline::detail {

Result<void> check(const MinimizeProblem& problem, const MinimizeOptions& options) {
  const auto start = problem.start.values();
  if (start.empty()) {
    return usage_error("The start has no coordinates: give one number a variable.");
  }
  if (!problem.full) {
    return usage_error("The objective is empty: give a function of the point that fills the gradient and returns the value.");
  }
  for (std::size_t i = 0; i < start.size(); ++i) {
    if (!std::isfinite(start[i])) {
      return usage_error(fmt::format("Coordinate {} of the start is {}; it must be a finite number.", i, start[i]));
    }
  }
  const auto refuse = [](std::string_view name, double value, std::string_view what) {
    return usage_error(fmt::format("{} is {}; it must be {}.", name, shortest(value), what));
  };
  if (options.steps < 0) {
    return refuse("steps", static_cast<double>(options.steps), "zero or more");
  }
  if (!(options.gradient_tolerance >= 0)) {
    return refuse("gradient_tolerance", options.gradient_tolerance, "zero or more");
  }
  if (!(options.noise >= 0) || !std::isfinite(options.noise)) {
    return refuse("noise", options.noise, "zero or more");
  }
  if (options.learning_rate && !(*options.learning_rate > 0 && std::isfinite(*options.learning_rate))) {
    return refuse("learning_rate", *options.learning_rate, "above zero");
  }
  if (options.far && !(*options.far > 0)) {
    return refuse("far", *options.far, "above zero");
  }
  for (const auto& f : ChainOptions::fields()) {
    if (f.kind != FieldKind::choice && !f.range.holds(f.get(options.chain))) {
      return refuse(f.name, f.get(options.chain), allowed(f));
    }
  }
  return {};
}

Result<void> check_method(const MinimizeOptions& options) {
  const ChainOptions& chain = options.chain;
  const auto refuse = [&](std::string_view what) {
    return usage_error(fmt::format("{} chooses its own points and lengths, so {} has no meaning for it; use a rule such as adam.",
                                   options.optimizer.spec(), what));
  };
  if (chain.clip_value > 0 || chain.clip_norm > 0 || chain.clip_adaptive > 0) {
    return refuse("clipping");
  }
  if (chain.gradient_noise > 0 || chain.max_norm > 0) {
    return refuse(chain.max_norm > 0 ? "max_norm" : "gradient_noise");
  }
  if (chain.l1 > 0) {
    return refuse("an L1 penalty");
  }
  if (chain.weight_decay > 0 && chain.decay != Decay::l2) {
    return refuse("weight decay (other than decay=l2)");
  }
  if (chain.accumulate > 1 || chain.average != Average::off || chain.lookahead > 0) {
    return refuse(chain.accumulate > 1 ? "accumulate" : chain.lookahead > 0 ? "lookahead" : "average");
  }
  return {};
}

}  // namespace fallline::detail
