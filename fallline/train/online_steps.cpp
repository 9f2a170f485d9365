// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/online_steps.hpp"

#include <algorithm>
#include <utility>

#include "fallline/model/linear_pass.hpp"
#include "fallline/model/linear_touch.hpp"
#include "fallline/model/network/pass.hpp"
#include "fallline/optim/sparse.hpp"

namespace fallline {

namespace {

/// The gradient of every parameter, and the rule over all of them.
template <class T>
class DenseSteps final : public OnlineSteps<T> {
 public:
  DenseSteps(std::unique_ptr<Optimizer<T>> optimizer, Problem<T>& problem, NetworkOptions network, std::uint64_t seed)
      : optimizer_(std::move(optimizer)), problem_(problem), network_(std::move(network)), seed_(seed) {
    optimizer_->use(&problem.pool());
  }

  void start(const Parameters<T>& theta) override {
    gradient_ = theta;
    optimizer_->start(theta);
  }

  void look_at(const Rows<T>& rows) override {
    const Loss& loss = problem_.loss_function();
    if (network_.hidden.empty()) {
      pass_ = std::make_unique<LinearPass<T>>(rows, loss, problem_.activation(), problem_.outputs(), problem_.intercept());
    } else {
      auto network = make_network<T>(network_, rows.features, problem_.outputs(), problem_.intercept());
      pass_ = std::make_unique<NetworkPass<T>>(rows, &loss, problem_.activation(), std::move(network), rows.rows);
    }
  }

  void before(const OnlineBatch<T>& /*batch*/, Parameters<T>& /*theta*/) override {}

  StepReport step(const OnlineBatch<T>& batch, Parameters<T>& theta, double rate, std::int64_t step) override {
    const Mode mode{true, seed_, static_cast<std::uint64_t>(step)};
    (*pass_)(batch.order(), theta.values(), gradient_.values(), mode, problem_.pool());
    return optimizer_->step(theta, gradient_, rate);
  }

  Parameters<T> evaluation(const Parameters<T>& theta) const override { return optimizer_->evaluation(theta); }
  bool set_momentum(double momentum) override { return optimizer_->set_momentum(momentum); }
  std::int64_t steps() const override { return optimizer_->steps(); }
  std::vector<StateArray> save() const override { return optimizer_->save(); }
  Result<void> restore(const std::vector<StateArray>& state) override { return optimizer_->restore(state); }

 private:
  std::unique_ptr<Optimizer<T>> optimizer_;
  Problem<T>& problem_;
  NetworkOptions network_;
  std::uint64_t seed_;
  Parameters<T> gradient_;
  std::unique_ptr<Pass<T>> pass_;
};

/// Only what the rows touch.
template <class T>
class SparseSteps final : public OnlineSteps<T> {
 public:
  SparseSteps(std::unique_ptr<SparseOptimizer<T>> optimizer, Problem<T>& problem) : optimizer_(std::move(optimizer)), problem_(problem) {}

  void start(const Parameters<T>& theta) override { optimizer_->start(theta); }

  void look_at(const Rows<T>& rows) override {
    touch_ = std::make_unique<LinearTouch<T>>(rows, problem_.loss_function(), problem_.activation(), problem_.outputs(),
                                              problem_.intercept(), 1.0);
  }

  void before(const OnlineBatch<T>& batch, Parameters<T>& theta) override {
    touched_ = touch_->touch(batch.order());
    optimizer_->catch_up(theta, touched_);
  }

  StepReport step(const OnlineBatch<T>& /*batch*/, Parameters<T>& theta, double rate, std::int64_t /*step*/) override {
    gradient_.resize(touched_.size());
    (*touch_)(std::as_const(theta).values(), gradient_);
    return optimizer_->step(theta, touched_, gradient_, rate);
  }

  Parameters<T> evaluation(const Parameters<T>& theta) const override { return optimizer_->evaluation(theta); }
  bool set_momentum(double momentum) override { return optimizer_->set_momentum(momentum); }
  std::int64_t steps() const override { return optimizer_->steps(); }
  std::vector<StateArray> save() const override { return optimizer_->save(); }
  Result<void> restore(const std::vector<StateArray>& state) override { return optimizer_->restore(state); }

 private:
  std::unique_ptr<SparseOptimizer<T>> optimizer_;
  Problem<T>& problem_;
  std::unique_ptr<LinearTouch<T>> touch_;
  std::span<const std::size_t> touched_;
  std::vector<T> gradient_;
};

}  // namespace

template <class T>
Result<std::unique_ptr<OnlineSteps<T>>> make_online_steps(const std::string& optimizer, const ChainOptions& chain, Problem<T>& problem,
                                                          const ModelOptions& model, std::uint64_t seed) {
  if (problem.feed().kind().sparse && problem.feed().kind().targets == 1 && model.network.hidden.empty()) {
    if (auto sparse = make_sparse_optimizer<T>(optimizer, chain)) {
      return std::unique_ptr<OnlineSteps<T>>(new SparseSteps<T>(std::move(*sparse), problem));
    }
  }
  auto dense = make_optimizer<T>(optimizer, chain);
  if (!dense) {
    return dense.error();
  }
  return std::unique_ptr<OnlineSteps<T>>(new DenseSteps<T>(std::move(*dense), problem, model.network, seed));
}

template Result<std::unique_ptr<OnlineSteps<float>>> make_online_steps(const std::string&, const ChainOptions&, Problem<float>&,
                                                                       const ModelOptions&, std::uint64_t);
template Result<std::unique_ptr<OnlineSteps<double>>> make_online_steps(const std::string&, const ChainOptions&, Problem<double>&,
                                                                        const ModelOptions&, std::uint64_t);

}  // namespace fallline
