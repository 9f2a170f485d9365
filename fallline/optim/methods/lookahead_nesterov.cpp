// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/lookahead_nesterov.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fallline {

namespace {

double norm(std::span<const double> x) {
  double sum = 0;
  for (const double value : x) {
    sum += value * value;
  }
  return std::sqrt(sum);
}

class LookaheadNesterovMethod final : public Method {
 public:
  LookaheadNesterovMethod(const LookaheadNesterov& options, OptimizerInfo info) : options_(options), info_(std::move(info)) {}

  void start(std::span<const double> theta) override { velocity_.assign(theta.size(), 0); }

  MethodReport iterate(const Objective& objective, std::span<double> theta, double learning_rate) override {
    expects(theta.size() == velocity_.size(), "a method steps the parameters it was started for");
    MethodReport report{.step_length = learning_rate, .evaluations = 2};
    const std::size_t n = theta.size();
    std::vector<double> next(theta.begin(), theta.end());
    std::vector<double> gradient(n);
    for (std::size_t i = 0; i < n; ++i) {
      next[i] -= options_.momentum * velocity_[i];
    }
    const double ahead = objective(next, gradient);
    std::vector<double> velocity(n);
    for (std::size_t i = 0; i < n; ++i) {
      velocity[i] = options_.momentum * velocity_[i] + learning_rate * gradient[i];
      next[i] = theta[i] - velocity[i];
    }
    report.value = objective(next, gradient);
    report.gradient_norm = norm(gradient);
    report.update_norm = norm(velocity);
    report.finite =
        std::isfinite(ahead) && std::isfinite(report.value) && std::isfinite(report.gradient_norm) && std::isfinite(report.update_norm);
    if (report.finite) {
      velocity_ = std::move(velocity);
      std::copy(next.begin(), next.end(), theta.begin());
    }
    return report;
  }

  const OptimizerInfo& info() const override { return info_; }
  std::vector<StateArray> save() const override { return {{"velocity", velocity_}}; }

  Result<void> restore(const std::vector<StateArray>& state) override {
    if (state.size() != 1 || state[0].name != "velocity" || state[0].values.size() != velocity_.size()) {
      return data_error("The saved state is not one of lookahead_nesterov with these parameters.");
    }
    velocity_ = state[0].values;
    return {};
  }

 private:
  LookaheadNesterov options_;
  OptimizerInfo info_;
  std::vector<double> velocity_;
};

}  // namespace

std::unique_ptr<Method> LookaheadNesterov::make(OptimizerInfo info) const {
  return std::make_unique<LookaheadNesterovMethod>(*this, std::move(info));
}

}  // namespace fallline
