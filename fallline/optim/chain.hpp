// SPDX-License-Identifier: Apache-2.0
// Chain<T>: a rule with the stages around it, in this order:
//   accumulate -> non-finite check -> noise -> clip adaptive, value, norm -> coupled L2 -> decoupled decay -> rule -> L1 -> lookahead
//   -> max-norm -> averages
// Accumulation is the running mean a <- a + (g - a)/(j + 1).
// Noise (Neelakantan et al. 2015): g <- g + n, n normal with variance eta/(1 + t)^gamma, t = 0 at the first step.
// Adaptive clipping (Brock et al. 2021, eq. 3): each unit (the weights into one output; a vector is one unit) has
//   g <- g min(1, c max(|w|, floor)/|g|).
// L1 is soft thresholding of every weight by its effective rate times l1 each step (proximal); by K times that every K steps, of weights
// within a bound (truncated: Langford, Li & Zhang 2009, eq. 6); or, with u the sum of all thresholds so far and q what the weight has been
// moved by them, w <- max(0, w - (u + q)) above zero and min(0, w + (u - q)) below (cumulative: Tsuruoka et al. 2009, section 3.2).
// Lookahead (Zhang et al. 2019, Algorithm 1): every k steps slow <- slow + alpha (theta - slow), theta <- slow; slow is to be evaluated.
// Max-norm (Srivastava et al. 2014): each unit of penalised weights longer than c is scaled back to c; where slow weights have just
// been taken, they are too.
// The averages are e <- theta at first, then e <- alpha e + (1 - alpha) theta (ema), or x <- x + (theta - x)/(n + 1) (mean: Polyak &
// Juditsky 1992; every c steps from step s on it is stochastic weight averaging, Izmailov et al. 2018).
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
  void use(ThreadPool* pool) override { pool_ = pool; }
  StepReport step(Parameters<T>& theta, Parameters<T>& gradient, double learning_rate) override;
  bool set_momentum(double momentum) override { return rule_->set_momentum(momentum); }
  bool wants_estimate() const override;
  void estimate(const Parameters<T>& diagonal) override;
  std::int64_t steps() const override { return steps_; }
  Parameters<T> evaluation(const Parameters<T>& theta) const override;
  const OptimizerInfo& info() const override { return info_; }
  const ChainOptions& chain() const override { return options_; }
  std::vector<StateArray> save() const override;
  Result<void> restore(const std::vector<StateArray>& state) override;

 private:
  /// [first, first + size) of a tensor. Long tensors are stepped and measured by ranges, so that threads can share them.
  struct Range {
    std::size_t tensor;
    std::size_t first;
    std::size_t size;
  };
  template <class Of>
  Moved sum_of_ranges(const Of& of);
  double norm(const Parameters<T>& gradient);
  Moved run_by_range(Parameters<T>& theta, Parameters<T>& gradient, double learning_rate, double factor);
  bool accumulate(std::span<T> gradient);
  double clip(const Parameters<T>& theta, Parameters<T>& gradient, double length);
  double constrain(Parameters<T>& theta, bool returns);
  bool synchronises() const { return options_.lookahead > 0 && (steps_ + 1) % options_.lookahead == 0; }
  void average(std::span<const T> theta);
  TensorStep<T> tensor_step(std::size_t tensor, Parameters<T>& theta, Parameters<T>& gradient, double learning_rate, double factor);

  OptimizerInfo info_;
  std::unique_ptr<detail::AnyRule> rule_;
  ChainOptions options_;
  std::vector<TensorInfo> layout_;
  std::size_t size_ = 0;
  std::vector<Range>
      ranges_;  // by place in their tensor: the first half of each falls to the first threads, as in the gradient of a network
  std::vector<Moved> moved_;  // what was measured in each
  ThreadPool* pool_ = nullptr;
  std::int64_t steps_ = 0;
  std::vector<std::vector<T>> slots_;  // by slot, empty where not used
  std::vector<double> scalars_;        // tensor after tensor
  std::vector<double> totals_;         // over all tensors, of one step
  bool estimated_ = false;             // an estimate was handed over for the next step
  std::vector<T> before_;              // theta before the step, where a later stage needs it
  std::vector<double> unit_norms_;     // room for the stages by unit
  std::vector<double> more_norms_;
  std::vector<T> sum_;  // running mean of the gradients accumulated
  std::int64_t summed_ = 0;
  std::vector<T> due_;   // of cumulative L1, a weight: all thresholds so far,
  std::vector<T> paid_;  // and what it has been moved by them
  std::vector<T> slow_;  // of lookahead
  std::vector<T> average_;
  std::int64_t averaged_ = 0;
};

extern template class Chain<float>;
extern template class Chain<double>;

}  // namespace fallline
