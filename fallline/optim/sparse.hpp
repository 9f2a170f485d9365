// SPDX-License-Identifier: Apache-2.0
// SparseOptimizer<T>: a rule inside its chain, for gradients that are zero but for a few coordinates a step: those of the columns that a
// batch of sparse rows has. It goes where Optimizer<T> would go with the same gradients written out, within rounding, whatever the
// schedule, the penalties, the decay and the average; the cost of a step follows the coordinates touched (catch_up.hpp), and every `period`
// steps all are brought up to date, which bounds what is kept of past steps. Looking changes nothing. Elementwise rules only. Stages that
// would have to see or move every coordinate at each step are refused by name: accumulation, adaptive clipping, gradient noise, lookahead,
// max-norm. With coupled L2, rules that divide by their state (Adam and its kin) are replayed in full: as dear as the dense path.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "fallline/optim/catch_up.hpp"
#include "fallline/optim/detail/any_rule.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/parameters.hpp"

namespace fallline {

template <class T>
class SparseOptimizer {
 public:
  SparseOptimizer(OptimizerInfo info, std::unique_ptr<detail::AnyRule> rule, const ChainOptions& options);

  /// Begins anew for parameters of this layout. period: steps after which all coordinates are brought up to date; 0: by their number.
  void start(const Parameters<T>& theta, std::int64_t period = 0);

  /// Brings these coordinates (of all values, tensor after tensor, ascending) up to date: before their values are read.
  void catch_up(Parameters<T>& theta, std::span<const std::size_t> touched);

  /// One step: touched ascending, no coordinate twice; gradient[i] is that of touched[i] and is scratch, all others are zero.
  /// update_norm is that of the coordinates touched.
  StepReport step(Parameters<T>& theta, std::span<const std::size_t> touched, std::span<T> gradient, double learning_rate);

  /// All parameters as of the last step, and the averaged ones where there are some (Optimizer::evaluation).
  Parameters<T> settled(const Parameters<T>& theta) const;
  Parameters<T> evaluation(const Parameters<T>& theta) const;

  /// How the coordinates that steps leave behind come up to date, which tells what sparse steps cost.
  Pace pace() const;

  bool set_momentum(double momentum);
  std::int64_t steps() const { return steps_; }
  const OptimizerInfo& info() const { return info_; }
  const ChainOptions& chain() const { return options_; }

  /// The state beside theta as it stands, coordinates not up to date and all: a run restored goes on bit for bit.
  std::vector<StateArray> save() const;
  Result<void> restore(const std::vector<StateArray>& state);

 private:
  Tensor<T> tensor(std::size_t i, const Parameters<T>& theta) const;
  std::span<const std::size_t> local(std::size_t i, const Parameters<T>& theta, std::span<const std::size_t> touched);
  void record(double learning_rate);
  void begin_history();
  Around around(bool penalised, double learning_rate) const;

  OptimizerInfo info_;
  std::unique_ptr<detail::AnyRule> rule_;
  ChainOptions options_;
  std::vector<TensorInfo> layout_;
  std::size_t size_ = 0;
  std::int64_t period_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t averaged_ = 0;
  std::vector<std::unique_ptr<CatchUp<T>>> tensors_;
  std::vector<std::vector<T>> slots_;
  std::vector<double> scalars_;
  std::vector<T> average_;
  std::vector<T> due_;
  std::vector<T> paid_;
  std::vector<std::uint32_t> at_;  // the step of the history that each coordinate stands at

  std::int64_t base_ = 0;  // steps before the history
  std::int64_t averaged_at_base_ = 0;
  std::vector<double> scalars_at_base_;
  std::vector<double> rates_;    // of the history
  std::vector<double> momenta_;  // that a schedule set; NaN: the rule's own
  double momentum_ = 0;
  std::vector<std::size_t> local_;  // scratch
};

extern template class SparseOptimizer<float>;
extern template class SparseOptimizer<double>;

/// A spec as for make_optimizer; a usage error where the rule or a stage cannot go with sparse steps.
template <class T>
Result<std::unique_ptr<SparseOptimizer<T>>> make_sparse_optimizer(std::string_view spec, const ChainOptions& chain = {});

}  // namespace fallline
