// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/barzilai_borwein.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fallline {

namespace {

using Vector = std::vector<double>;

constexpr std::size_t memory = 10;  // values that a new one is held against
constexpr double decrease = 1e-4;
constexpr int halvings = 40;

double dot(std::span<const double> x, std::span<const double> y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] * y[i];
  }
  return sum;
}

class BarzilaiBorweinMethod final : public Method {
 public:
  BarzilaiBorweinMethod(const BarzilaiBorwein& options, OptimizerInfo info) : options_(options), info_(std::move(info)) {}

  void start(std::span<const double> theta) override {
    size_ = theta.size();
    point_.clear();
    gradient_.clear();
    values_.clear();
    length_ = 0;
  }

  MethodReport iterate(const Objective& objective, std::span<double> theta, double learning_rate) override {
    expects(theta.size() == size_, "a method steps the parameters it was started for");
    MethodReport report;
    if (!std::equal(theta.begin(), theta.end(), point_.begin(), point_.end())) {
      begin(objective, theta, report);
    }
    report.value = values_.back();
    report.gradient_norm = std::sqrt(dot(gradient_, gradient_));
    report.finite = std::isfinite(report.value) && std::isfinite(report.gradient_norm);
    if (!report.finite || report.gradient_norm == 0) {
      report.stuck = report.finite;
      return report;
    }
    advance(objective, length_ > 0 ? length_ : learning_rate / report.gradient_norm, report);
    std::copy(point_.begin(), point_.end(), theta.begin());
    return report;
  }

  const OptimizerInfo& info() const override { return info_; }

  std::vector<StateArray> save() const override {
    return {{"point", point_}, {"gradient", gradient_}, {"values", values_}, {"length", {length_}}};
  }

  Result<void> restore(const std::vector<StateArray>& state) override {
    const char* const names[] = {"point", "gradient", "values", "length"};
    bool fits = state.size() == std::size(names);
    for (std::size_t i = 0; fits && i < state.size(); ++i) {
      fits = state[i].name == names[i];
    }
    fits = fits && state[0].values.size() == state[1].values.size() && (state[0].values.empty() || state[0].values.size() == size_) &&
           state[2].values.size() <= memory && state[2].values.empty() == state[0].values.empty() && state[3].values.size() == 1;
    if (!fits) {
      return data_error("The saved state is not one of barzilai_borwein with these parameters.");
    }
    point_ = state[0].values;
    gradient_ = state[1].values;
    values_ = state[2].values;
    length_ = state[3].values[0];
    return {};
  }

 private:
  void begin(const Objective& objective, std::span<const double> theta, MethodReport& report) {
    point_.assign(theta.begin(), theta.end());
    gradient_.assign(size_, 0);
    values_ = {objective(point_, gradient_)};
    length_ = 0;
    ++report.evaluations;
  }

  /// Steps along -g, the length halved until the new value is low enough.
  void advance(const Objective& objective, double length, MethodReport& report) {
    const double highest = *std::max_element(values_.begin(), values_.end());
    const double slope = dot(gradient_, gradient_);
    Vector next(size_);
    Vector gradient(size_);
    for (int trial = 0; trial < halvings; ++trial, length /= 2) {
      for (std::size_t i = 0; i < size_; ++i) {
        next[i] = point_[i] - length * gradient_[i];
      }
      const double value = objective(next, gradient);
      ++report.evaluations;
      if (std::isfinite(dot(gradient, gradient)) && value <= highest - decrease * length * slope) {
        report.update_norm = length * std::sqrt(slope);
        report.step_length = length;
        move_to(next, gradient, value);
        report.value = value;
        report.gradient_norm = std::sqrt(dot(gradient_, gradient_));
        return;
      }
    }
    report.stuck = true;
  }

  void move_to(const Vector& next, const Vector& gradient, double value) {
    double ss = 0;
    double sy = 0;
    double yy = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const double s = next[i] - point_[i];
      const double y = gradient[i] - gradient_[i];
      ss += s * s;
      sy += s * y;
      yy += y * y;
    }
    length_ = sy <= 0 ? 0 : options_.form == BarzilaiBorwein::Form::longer ? ss / sy : sy / yy;
    point_ = next;
    gradient_ = gradient;
    values_.push_back(value);
    if (values_.size() > memory) {
      values_.erase(values_.begin());
    }
  }

  BarzilaiBorwein options_;
  OptimizerInfo info_;
  std::size_t size_ = 0;
  Vector point_;  // empty before the first iteration; so is the gradient there
  Vector gradient_;
  Vector values_;      // the last ten, the newest at the back
  double length_ = 0;  // of the next step; 0: not known
};

}  // namespace

std::unique_ptr<Method> BarzilaiBorwein::make(OptimizerInfo info) const {
  return std::make_unique<BarzilaiBorweinMethod>(*this, std::move(info));
}

}  // namespace fallline
