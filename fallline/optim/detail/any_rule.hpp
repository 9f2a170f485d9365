// SPDX-License-Identifier: Apache-2.0
// AnyRule: a rule of either list behind one small interface, called once a tensor and step, never once a coordinate.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/optim/catch_up.hpp"
#include "fallline/optim/parameters.hpp"
#include "fallline/optim/rule_loop.hpp"

namespace fallline::detail {

class AnyRule {
 public:
  virtual ~AnyRule() = default;

  virtual std::vector<FieldValue> fields() const = 0;
  /// False where the rule has no field of that name.
  virtual Result<bool> set(std::string_view field, std::string_view text) = 0;
  virtual double learning_rate() const = 0;
  /// False where the rule has no momentum.
  virtual bool set_momentum(double momentum) = 0;

  virtual std::size_t slots() const = 0;
  virtual bool uses(std::size_t slot) const = 0;
  virtual double start_of(std::size_t slot) const = 0;
  virtual std::span<const double> scalar_starts() const = 0;
  /// The slot that holds the parameters to evaluate at, where that is not theta itself.
  virtual std::optional<std::size_t> evaluation_slot() const = 0;

  /// The rule applies weight decay by itself, from Step::weight_decay.
  virtual bool decays_itself() const = 0;
  /// The slot for an estimate of the Hessian's diagonal, where the rule wants one before step t.
  virtual std::optional<std::size_t> estimate_slot(std::int64_t t) const = 0;

  /// Sums over all tensors; where there are some, measure runs over every tensor before run does. It applies the stages before the rule to
  /// the gradient, which run must then leave out.
  virtual std::size_t totals() const { return 0; }
  virtual void measure(const TensorInfo& /*info*/, const TensorStep<float>& /*step*/) const {}
  virtual void measure(const TensorInfo& /*info*/, const TensorStep<double>& /*step*/) const {}

  /// Whether any range of a tensor may be run by itself.
  virtual bool runs_by_range() const = 0;
  virtual Moved run(const TensorInfo& info, const TensorStep<float>& step) const = 0;
  virtual Moved run(const TensorInfo& info, const TensorStep<double>& step) const = 0;

  /// For steps that touch few coordinates of a tensor; null where coordinates do not stand for themselves. The rule must outlive it.
  virtual std::unique_ptr<CatchUp<float>> catch_up_float() const { return nullptr; }
  virtual std::unique_ptr<CatchUp<double>> catch_up_double() const { return nullptr; }
};

}  // namespace fallline::detail
