// SPDX-License-Identifier: Apache-2.0
// Chain<T>: a rule with the stages around it, in this order:
//   accumulate -> non-finite check -> clip value, clip norm -> coupled L2 -> decoupled decay -> rule -> proximal L1 -> averages
// Accumulation is the running mean a <- a + (g - a)/(j + 1). The averages are e <- theta at first, then e <- alpha e + (1 - alpha) theta
// (ema), or x <- x + (theta - x)/(n + 1) (mean; Polyak & Juditsky 1992).
#pragma once

#include <memory>

#include "fallline/optim/detail/any_rule.hpp"
#include "fallline/optim/optimizer.hpp"

namespace fallline {

template <class T>
class Chain final : public Optimizer<T> {
 public:
  Chain(OptimizerInfo info, std::unique_ptr<detail::AnyRule> rule, const ChainOptions& options);

  void start(const Parameters<T>& theta) override;
  StepReport step(Parameters<T>& theta, Parameters<T>& gradient, double learning_rate) override;
  bool wants_estimate() const override;
  void estimate(const Parameters<T>& diagonal) override;
  std::int64_t steps() const override { return steps_; }
  Parameters<T> evaluation(const Parameters<T>& theta) const override;
  const OptimizerInfo& info() const override { return info_; }
  const ChainOptions& chain() const override { return options_; }
  std::vector<StateArray> save() const override;
  Result<void> restore(const std::vector<StateArray>& state) override;

 private:
  bool accumulate(std::span<T> gradient);
  void average(std::span<const T> theta);
  Stages stages(const TensorInfo& tensor, double learning_rate, double factor) const;
  TensorStep<T> tensor_step(std::size_t tensor, Parameters<T>& theta, Parameters<T>& gradient, double learning_rate, double factor);

  OptimizerInfo info_;
  std::unique_ptr<detail::AnyRule> rule_;
  ChainOptions options_;
  std::vector<TensorInfo> layout_;
  std::size_t size_ = 0;
  std::int64_t steps_ = 0;
  std::vector<std::vector<T>> slots_;  // by slot, empty where not used
  std::vector<double> scalars_;        // tensor after tensor
  std::vector<double> totals_;         // over all tensors, of one step
  bool estimated_ = false;             // an estimate was handed over for the next step
  std::vector<T> sum_;                 // running mean of the gradients accumulated
  std::int64_t summed_ = 0;
  std::vector<T> average_;
  std::int64_t averaged_ = 0;
};

extern template class Chain<float>;
extern template class Chain<double>;

}  // namespace fallline
