// SPDX-License-Identifier: Apache-2.0
// One step on the rows of a batch: the model's pass and the rule in its chain. Linear models on sparse rows step at the cost of what the
// rows touch, whatever the width, where every stage of the chain can; all else steps all parameters.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/schedule.hpp"
#include "fallline/train/online_batch.hpp"
#include "fallline/train/problem.hpp"

namespace fallline {

template <class T>
class OnlineSteps {
 public:
  virtual ~OnlineSteps() = default;

  /// Begins anew at theta.
  virtual void start(const Parameters<T>& theta) = 0;
  /// From here on the passes are over these arrays, those of the batch.
  virtual void look_at(const Rows<T>& rows) = 0;
  /// Brings up to date the parameters that the rows of the batch touch: before theta is looked at for them.
  virtual void before(const OnlineBatch<T>& batch, Parameters<T>& theta) = 0;
  /// step: counts from 0, for random numbers.
  virtual StepReport step(const OnlineBatch<T>& batch, Parameters<T>& theta, double rate, std::int64_t step) = 0;
  virtual Parameters<T> evaluation(const Parameters<T>& theta) const = 0;

  virtual bool set_momentum(double momentum) = 0;
  virtual std::int64_t steps() const = 0;
  virtual std::vector<StateArray> save() const = 0;
  virtual Result<void> restore(const std::vector<StateArray>& state) = 0;
};

/// The problem must outlive the steps.
template <class T>
Result<std::unique_ptr<OnlineSteps<T>>> make_online_steps(const std::string& optimizer, const ChainOptions& chain, Problem<T>& problem,
                                                          const ModelOptions& model, std::uint64_t seed);

}  // namespace fallline
