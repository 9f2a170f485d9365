// SPDX-License-Identifier: Apache-2.0
// RuleSteps<T>: the steps of a rule on batches of rows. Dense ones work on every parameter at each step. Sparse ones, of linear models on
// sparse rows, work on the parameters that the batch touches and leave the others behind until they are touched or looked at
// (optim/sparse.hpp); the path is the same within rounding. Which of the two goes is told by the shape of the data, the batch and the rule
// alone, so that neither threads nor time change a bit.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/train/problem.hpp"

namespace fallline {

template <class T>
class RuleSteps {
 public:
  virtual ~RuleSteps() = default;

  virtual void start(const Parameters<T>& theta) = 0;

  /// Mean loss over the rows (none: all that are trained on) at theta, whose gradient is kept for `step`. number: of the step, for what is
  /// drawn at random.
  virtual double loss(std::span<const std::uint32_t> rows, Parameters<T>& theta, std::int64_t number) = 0;
  /// Over rows that lie elsewhere, of the same kind.
  virtual double loss(const Picked<T>& rows, Parameters<T>& theta, std::int64_t number) = 0;
  virtual StepReport step(Parameters<T>& theta, double rate) = 0;

  /// The gradient that was kept, until the next step.
  virtual const Parameters<T>& gradient() = 0;

  /// All parameters as of the last step, and those to evaluate at. Looking changes nothing.
  virtual Parameters<T> settled(const Parameters<T>& theta) const = 0;
  virtual Parameters<T> evaluation(const Parameters<T>& theta) const = 0;

  virtual bool set_momentum(double momentum) = 0;
  virtual std::int64_t steps() const = 0;

  /// The state beside theta as it stands.
  virtual std::vector<StateArray> save() const = 0;
  virtual Result<void> restore(const std::vector<StateArray>& state) = 0;
};

/// When steps are sparse: where that is told to be faster, or wherever the rule and its chain can.
enum class Sparse { where_faster, where_possible };

/// For batches of this many rows; a usage error where the schedule drives a momentum that the rule does not have.
template <class T>
Result<std::unique_ptr<RuleSteps<T>>> make_rule_steps(Problem<T>& problem, const std::string& optimizer, const ChainOptions& chain,
                                                      std::size_t batch, const Schedule& schedule = {}, Sparse when = Sparse::where_faster);

/// Whether make_rule_steps makes sparse ones because they are faster.
template <class T>
bool takes_sparse_steps(const Problem<T>& problem, const std::string& optimizer, const ChainOptions& chain, std::size_t batch);

}  // namespace fallline
