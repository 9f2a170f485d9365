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
#include <type_traits>
#include <utility>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/outcome.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/optim/methods/finite_sum.hpp"
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

/// A point of the path as an observer sees it: the start, then the point after each step, the last one included. Value and gradient are
/// those of the objective with its penalties and without noise (the shortest subgradient where there is L1).
struct MinimizeStep {
  std::int64_t step = 0;      // steps taken to get here; 0 is the start
  std::span<const double> x;  // valid during the call
  double value = 0;
  double gradient_norm = 0;
  double learning_rate = 0;      // of the step that led here, the length that a line search chose for methods; 0 at the start
  std::int64_t evaluations = 0;  // gradients asked for so far
};

struct MinimizeOptions {
  OptimizerChoice optimizer = "l-bfgs";
  std::optional<double> learning_rate = {};  // nothing: the rule's own default
  std::string schedule = "constant";
  std::int64_t steps = 10000;
  std::size_t batch_size = 0;        // of a FiniteSum: rows in the gradient of a step; 0: all of them
  double gradient_tolerance = 1e-8;  // converged: largest |gradient coordinate| at most this; said only where there is no noise
  double noise = 0;                  // this times a standard normal vector is added to each gradient that the optimiser gets
  std::uint64_t seed = 0;
  ChainOptions chain = {};
  std::optional<double> far = {};  // diverged where a coordinate leaves [-far, far]
  bool keep_path = false;
  std::function<void(const MinimizeStep&)> observer = {};
  StopToken stop = {};
};

struct MinimizeResult {
  // Rules: the last point, or the parameters that the rule or its average means to be evaluated; the lowest point seen after divergence.
  // Methods: the point that converged, else the lowest seen.
  std::vector<double> x;
  double value = 0;  // of x, with penalties; so is the next
  double gradient_norm = 0;
  Outcome outcome = Outcome::budget;
  std::string why;
  std::vector<std::pair<std::string, double>> evidence;
  std::int64_t steps = 0;
  std::int64_t evaluations = 0;
  std::vector<std::vector<double>> path;  // where keep_path: the start, then the point after each step, up to the last finite one
  std::vector<double> path_values;
  std::vector<double> path_gradient_norms;
};

/// An objective over named tensors with shapes; the gradient to fill has the layout of theta.
using TensorObjective = std::function<double(const Parameters<double>& theta, Parameters<double>& gradient)>;

struct TensorMinimizeResult : MinimizeResult {
  Parameters<double> parameters;  // x in the layout of the start
};

/// Errors are of usage only (an unknown optimiser, an option out of range, an empty start); divergence is an outcome.
Result<MinimizeResult> minimize(const Objective& objective, std::vector<double> start, const MinimizeOptions& options = {});

/// Rules see the shapes, and penalties leave tensors alone that are not `penalised`.
Result<TensorMinimizeResult> minimize(const TensorObjective& objective, Parameters<double> start, const MinimizeOptions& options = {});

/// A rule steps on batches of options.batch_size rows, in an order drawn anew each epoch from the seed; path, observer and the test of
/// convergence look at all rows, once an epoch. Methods take all rows; svrg, saga and sag
/// take one row a step, drawn from the seed, and look at all rows each `rows` steps.
Result<MinimizeResult> minimize(const FiniteSum& sum, std::vector<double> start, const MinimizeOptions& options = {});

/// What minimize takes: double(std::span<const double> x, std::span<double> gradient), or one of the two forms above.
template <class F>
inline constexpr bool is_objective =
    std::is_convertible_v<F, Objective> || std::is_convertible_v<F, TensorObjective> || std::is_same_v<std::remove_cvref_t<F>, FiniteSum>;
template <class F>
concept ObjectiveFunction = is_objective<F>;

/// Taken by what is not an objective: the compiler's message says what is missing.
template <class F>
  requires(!is_objective<F>)
Result<MinimizeResult> minimize(F&& /*objective*/, const std::vector<double>& /*start*/, const MinimizeOptions& /*options*/ = {}) {
  static_assert(is_objective<F>, "the objective must be callable as double(std::span<const double> x, std::span<double> gradient)");
  return usage_error("The objective cannot be called.");
}

template <class F>
  requires(!is_objective<F>)
Result<TensorMinimizeResult> minimize(F&& /*objective*/, const Parameters<double>& /*start*/, const MinimizeOptions& /*options*/ = {}) {
  static_assert(is_objective<F>, "the objective must be callable as double(const Parameters<double>& theta, Parameters<double>& gradient)");
  return usage_error("The objective cannot be called.");
}

}  // namespace fallline
