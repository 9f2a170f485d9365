// SPDX-License-Identifier: Apache-2.0
// The third kind of rule needs the objective itself: line search, L-BFGS, the original look-ahead Nesterov.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/parameters.hpp"

namespace fallline {

/// value_and_gradient(theta: [n], gradient: [n] to fill) -> value. Always double; a model in float casts inside.
using Objective = std::function<double(std::span<const double> theta, std::span<double> gradient)>;

/// Where a method stands after an iteration.
struct MethodReport {
  double value = 0;          // at theta
  double gradient_norm = 0;  // at theta
  double update_norm = 0;
  double step_length = 0;        // what the search chose (learning rate of the iteration)
  std::int64_t evaluations = 0;  // gradients asked for in this iteration
  bool finite = true;            // false: the objective was not finite where it had to be; theta is the last good point
  bool stuck = false;            // the search found no lower point within rounding; theta is the best point seen
};

/// A method with a closure. State is a value inside; iterate moves theta.
class Method {
 public:
  virtual ~Method() = default;
  virtual void start(std::span<const double> theta) = 0;
  virtual MethodReport iterate(const Objective& objective, std::span<double> theta, double learning_rate) = 0;
  virtual const OptimizerInfo& info() const = 0;
  virtual std::vector<StateArray> save() const = 0;
  virtual Result<void> restore(const std::vector<StateArray>& state) = 0;
};

/// "l-bfgs", "l-bfgs:history=20", "lookahead_nesterov:momentum=0.9". `is_method` tells whether a spec's name is one of these.
Result<std::unique_ptr<Method>> make_method(std::string_view spec);
bool is_method(std::string_view spec);

}  // namespace fallline
