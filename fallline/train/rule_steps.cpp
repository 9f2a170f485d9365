// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/rule_steps.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fallline/base/expects.hpp"
#include "fallline/model/linear_touch.hpp"
#include "fallline/optim/sparse.hpp"

namespace fallline {

namespace {

/// So many times the entries of a batch is the width from which sparse steps are the faster ones, measured beside dense steps on two
/// threads. A coordinate that is replayed step by step costs what it costs in dense steps, and more.
constexpr double width_for_leaps = 48;
constexpr double width_for_fading = 400;

template <class T>
class DenseSteps final : public RuleSteps<T> {
 public:
  DenseSteps(Problem<T>& problem, std::unique_ptr<Optimizer<T>> optimizer) : problem_(problem), optimizer_(std::move(optimizer)) {
    optimizer_->use(&problem.pool());
  }

  void start(const Parameters<T>& theta) override {
    gradient_ = theta;
    optimizer_->start(theta);
  }
  double loss(std::span<const std::uint32_t> rows, Parameters<T>& theta, std::int64_t number) override {
    return rows.empty() ? problem_.training_batch(theta.values(), gradient_.values(), number)
                        : problem_.training_batch(rows, theta.values(), gradient_.values(), number);
  }
  double loss(const Picked<T>& rows, Parameters<T>& theta, std::int64_t number) override {
    return problem_.training_batch(rows, theta.values(), gradient_.values(), number);
  }
  StepReport step(Parameters<T>& theta, double rate) override { return optimizer_->step(theta, gradient_, rate); }
  const Parameters<T>& gradient() override { return gradient_; }
  Parameters<T> settled(const Parameters<T>& theta) const override { return theta; }
  Parameters<T> evaluation(const Parameters<T>& theta) const override { return optimizer_->evaluation(theta); }
  bool set_momentum(double momentum) override { return optimizer_->set_momentum(momentum); }
  std::int64_t steps() const override { return optimizer_->steps(); }
  std::vector<StateArray> save() const override { return optimizer_->save(); }
  Result<void> restore(const std::vector<StateArray>& state) override { return optimizer_->restore(state); }

 private:
  Problem<T>& problem_;
  std::unique_ptr<Optimizer<T>> optimizer_;
  Parameters<T> gradient_;
};

template <class T>
class SparseSteps final : public RuleSteps<T> {
 public:
  SparseSteps(Problem<T>& problem, std::unique_ptr<SparseOptimizer<T>> optimizer)
      : feed_(problem.feed()),
        touch_(feed_.kind(), problem.loss_function(), problem.activation(), problem.outputs(), problem.intercept(),
               feed_.whole().mean_weight),
        optimizer_(std::move(optimizer)) {}

  void start(const Parameters<T>& theta) override {
    layout_ = theta.infos();
    optimizer_->start(theta);
  }
  double loss(std::span<const std::uint32_t> rows, Parameters<T>& theta, std::int64_t number) override {
    expects(!rows.empty(), "sparse steps are for batches much smaller than the data");
    return loss(feed_.take(rows), theta, number);
  }
  double loss(const Picked<T>& rows, Parameters<T>& theta, std::int64_t /*number*/) override {
    if (rows.numbers.empty()) {  // they could not be read (Feed::fault)
      return std::nan("");
    }
    touch_.read(rows.rows);
    touched_ = touch_.touch(rows.numbers);
    optimizer_->catch_up(theta, touched_);
    few_.resize(touched_.size());
    return touch_(theta.values(), few_);
  }
  StepReport step(Parameters<T>& theta, double rate) override { return optimizer_->step(theta, touched_, few_, rate); }
  const Parameters<T>& gradient() override {
    written_ = Parameters<T>(layout_);
    for (std::size_t k = 0; k < touched_.size(); ++k) {
      written_.values()[touched_[k]] = few_[k];
    }
    return written_;
  }
  Parameters<T> settled(const Parameters<T>& theta) const override { return optimizer_->settled(theta); }
  Parameters<T> evaluation(const Parameters<T>& theta) const override { return optimizer_->evaluation(theta); }
  bool set_momentum(double momentum) override { return optimizer_->set_momentum(momentum); }
  std::int64_t steps() const override { return optimizer_->steps(); }
  std::vector<StateArray> save() const override { return optimizer_->save(); }
  Result<void> restore(const std::vector<StateArray>& state) override { return optimizer_->restore(state); }

 private:
  Feed<T>& feed_;
  LinearTouch<T> touch_;
  std::unique_ptr<SparseOptimizer<T>> optimizer_;
  std::vector<TensorInfo> layout_;
  std::span<const std::size_t> touched_;
  std::vector<T> few_;  // the gradient at those touched
  Parameters<T> written_;
};

/// The sparse optimiser; null where it is not to be taken.
template <class T>
std::unique_ptr<SparseOptimizer<T>> sparse_optimizer_for(const Problem<T>& problem, const std::string& optimizer, const ChainOptions& chain,
                                                         std::size_t batch, Sparse when) {
  const Rows<T>& kind = problem.feed().kind();
  if (!kind.sparse || problem.has_hidden_layers() || kind.targets > 1) {
    return nullptr;
  }
  const double entries_of_a_row = problem.feed().whole().row_values;
  const double touched = static_cast<double>(batch) * std::max(1.0, entries_of_a_row);
  const double width = static_cast<double>(kind.features) / touched;
  if (when == Sparse::where_faster && width < width_for_leaps) {
    return nullptr;
  }
  auto sparse = make_sparse_optimizer<T>(optimizer, chain);
  if (!sparse) {  // the rule or a stage looks at all coordinates
    return nullptr;
  }
  const Pace pace = (*sparse)->pace();
  const bool faster = pace == Pace::leaps || (pace == Pace::fades && width >= width_for_fading);
  return faster || when == Sparse::where_possible ? std::move(*sparse) : nullptr;
}

}  // namespace

template <class T>
bool takes_sparse_steps(const Problem<T>& problem, const std::string& optimizer, const ChainOptions& chain, std::size_t batch) {
  return sparse_optimizer_for(problem, optimizer, chain, batch, Sparse::where_faster) != nullptr;
}

template <class T>
Result<std::unique_ptr<RuleSteps<T>>> make_rule_steps(Problem<T>& problem, const std::string& optimizer, const ChainOptions& chain,
                                                      std::size_t batch, const Schedule& schedule, Sparse when) {
  auto dense = make_optimizer<T>(optimizer, chain);
  if (!dense) {
    return dense.error();
  }
  if (const auto well = check_momentum(schedule, **dense); !well) {
    return well.error();
  }
  if (auto sparse = sparse_optimizer_for(problem, optimizer, chain, batch, when)) {
    return std::unique_ptr<RuleSteps<T>>(std::make_unique<SparseSteps<T>>(problem, std::move(sparse)));
  }
  return std::unique_ptr<RuleSteps<T>>(std::make_unique<DenseSteps<T>>(problem, std::move(*dense)));
}

template Result<std::unique_ptr<RuleSteps<float>>> make_rule_steps(Problem<float>&, const std::string&, const ChainOptions&, std::size_t,
                                                                   const Schedule&, Sparse);
template Result<std::unique_ptr<RuleSteps<double>>> make_rule_steps(Problem<double>&, const std::string&, const ChainOptions&, std::size_t,
                                                                    const Schedule&, Sparse);
template bool takes_sparse_steps(const Problem<float>&, const std::string&, const ChainOptions&, std::size_t);
template bool takes_sparse_steps(const Problem<double>&, const std::string&, const ChainOptions&, std::size_t);

}  // namespace fallline
