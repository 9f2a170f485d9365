// SPDX-License-Identifier: Apache-2.0
// minimize: any rule or method on a function of the caller's own, in double. A lambda is enough:
//
//   auto bowl = [](std::span<const double> x, std::span<double> g) { g[0] = 2 * x[0]; return x[0] * x[0]; };
//   const auto result = fallline::minimize(bowl, {3.0}, {.optimizer = fallline::Adam{.beta1 = 0.95}, .learning_rate = 0.1});
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/outcome.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/optim/objective.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/parameters.hpp"

namespace fallline {

/// A rule as a value (Adam{.beta1 = 0.95}) or as a user writes it ("adam:beta1=0.95"). Both become the same spec, told by the Field
/// table of the rule.
class OptimizerChoice {
 public:
  OptimizerChoice(const char* spec) : spec_(spec) {}             // NOLINT(google-explicit-constructor)
  OptimizerChoice(std::string spec) : spec_(std::move(spec)) {}  // NOLINT(google-explicit-constructor)
  template <class Rule>
    requires requires(const Rule rule) {
      Rule::name;
      rule.fields();
    }
  OptimizerChoice(const Rule& rule) : spec_(Rule::name) {  // NOLINT(google-explicit-constructor)
    char separator = ':';
    for (const FieldValue& value : field_values(rule)) {
      spec_ += separator + std::string(value.info.name) + "=" + format_field(value.info, value.value);
      separator = ',';
    }
  }
  const std::string& spec() const { return spec_; }

 private:
  std::string spec_;
};

/// One step as an observer sees it: x and value are from before the step for rules, after it for methods (where `value` belongs to `x`).
struct MinimizeStep {
  std::int64_t step = 0;      // from 0: the start, before any step
  std::span<const double> x;  // the point that value and gradient belong to
  double value = 0;
  double gradient_norm = 0;
  double learning_rate = 0;
  std::int64_t evaluations = 0;  // gradients asked for so far
};

struct MinimizeOptions {
  OptimizerChoice optimizer = "l-bfgs";
  std::optional<double> learning_rate = {};  // nothing: the rule's own default
  std::string schedule = "constant";
  std::int64_t steps = 10000;
  double gradient_tolerance = 1e-8;  // converged: largest |gradient coordinate| at most this
  double noise = 0;                  // this times a standard normal vector is added to each gradient
  std::uint64_t seed = 0;
  ChainOptions chain = {};
  std::optional<double> far = {};  // diverged where a coordinate leaves [-far, far]
  bool keep_path = false;
  std::function<void(const MinimizeStep&)> observer = {};
  StopToken stop = {};
};

struct MinimizeResult {
  std::vector<double> x;  // the best point seen (by value), the averaged one where averaging is on
  double value = 0;
  double gradient_norm = 0;
  Outcome outcome = Outcome::budget;
  std::string why;
  std::vector<std::pair<std::string, double>> evidence;
  std::int64_t steps = 0;
  std::int64_t evaluations = 0;
  std::vector<std::vector<double>> path;  // step 0, 1, ...: the iterates, where keep_path
  std::vector<double> path_values;
  std::vector<double> path_gradient_norms;
};

/// Errors are of usage only (an unknown optimiser, an option out of range, an empty start); divergence is an outcome.
Result<MinimizeResult> minimize(const Objective& objective, std::vector<double> start, const MinimizeOptions& options = {});

}  // namespace fallline
