// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "fallline/optim/detail/stages.hpp"
#include "fallline/optim/detail/state_arrays.hpp"
#include "fallline/optim/detail/transforms.hpp"
#include "fallline/optim/detail/units.hpp"

namespace fallline {

using detail::is_count;
using detail::narrow;
using detail::widened;

namespace {

constexpr std::size_t range_size = 4 * block_size;
constexpr std::size_t worth_threads = std::size_t{1} << 16U;  // parameters below which threads wait for one another longer than they help

}  // namespace

template <class T>
Chain<T>::Chain(OptimizerInfo info, std::unique_ptr<detail::AnyRule> rule, const ChainOptions& options)
    : info_(std::move(info)), rule_(std::move(rule)), options_(options) {}

template <class T>
void Chain<T>::start(const Parameters<T>& theta) {
  layout_ = theta.infos();
  size_ = theta.size();
  steps_ = summed_ = averaged_ = 0;
  estimated_ = false;
  ranges_.clear();
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    for (std::size_t first = 0; first < layout_[i].size(); first += range_size) {
      ranges_.push_back({i, first, std::min(range_size, layout_[i].size() - first)});
    }
  }
  const auto place = [&](const Range& range) {
    return (static_cast<double>(range.first) + static_cast<double>(range.size) / 2) / static_cast<double>(layout_[range.tensor].size());
  };
  std::stable_sort(ranges_.begin(), ranges_.end(), [&](const Range& a, const Range& b) { return place(a) < place(b); });
  moved_.assign(ranges_.size(), {});
  slots_.assign(rule_->slots(), {});
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    if (rule_->uses(s)) {
      slots_[s].assign(size_, static_cast<T>(rule_->start_of(s)));
    }
  }
  scalars_.clear();
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    scalars_.insert(scalars_.end(), rule_->scalar_starts().begin(), rule_->scalar_starts().end());
  }
  sum_.assign(options_.accumulate > 1 ? size_ : 0, T(0));
  const bool cumulative = options_.l1 > 0 && options_.l1_form == L1Form::cumulative;
  due_.assign(cumulative ? size_ : 0, T(0));
  paid_.assign(cumulative ? size_ : 0, T(0));
  slow_.assign(theta.values().begin(), options_.lookahead > 0 ? theta.values().end() : theta.values().begin());
  average_.assign(options_.average != Average::off ? size_ : 0, T(0));
}

template <class T>
bool Chain<T>::accumulate(std::span<T> gradient) {
  detail::add_to_mean<T>(gradient, summed_, sum_);
  if (++summed_ < options_.accumulate) {
    return false;
  }
  std::copy(sum_.begin(), sum_.end(), gradient.begin());
  std::fill(sum_.begin(), sum_.end(), T(0));
  summed_ = 0;
  return true;
}

template <class T>
void Chain<T>::average(std::span<const T> theta) {
  if (!detail::is_point(options_, steps_)) {
    return;
  }
  if (averaged_ == 0) {
    std::copy(theta.begin(), theta.end(), average_.begin());
  } else if (options_.average == Average::ema) {
    detail::decay_towards<T>(theta, options_.average_decay, average_);
  } else {
    detail::add_to_mean<T>(theta, averaged_, average_);
  }
  ++averaged_;
}

template <class T>
TensorStep<T> Chain<T>::tensor_step(std::size_t tensor, Parameters<T>& theta, Parameters<T>& gradient, double learning_rate,
                                    double factor) {
  const TensorInfo& info = layout_[tensor];
  const std::size_t numbers = rule_->scalar_starts().size();
  TensorStep<T> made;
  made.step = detail::step_of(options_, *rule_, info.penalised, steps_, learning_rate);
  made.step.estimated = estimated_;
  made.stages = detail::stages_of(options_, *rule_, info.penalised, steps_, learning_rate);
  made.stages.clip_value = options_.clip_value;
  made.stages.factor = factor;
  made.size = info.size();
  made.theta = theta.tensor(tensor).data();
  made.gradient = gradient.tensor(tensor).data();
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    made.slots[s] = slots_[s].empty() ? nullptr : slots_[s].data() + theta.offset(tensor);
  }
  made.due = due_.empty() ? nullptr : due_.data() + theta.offset(tensor);
  made.paid = paid_.empty() ? nullptr : paid_.data() + theta.offset(tensor);
  made.scalars = std::span(scalars_).subspan(tensor * numbers, numbers);
  made.totals = totals_;
  return made;
}

/// The sum of what of(range) measures in each range, on as many threads as there are; added in the order of the ranges.
template <class T>
template <class Of>
Moved Chain<T>::sum_of_ranges(const Of& of) {
  const auto measure = [&](std::size_t i) { moved_[i] = of(ranges_[i]); };
  if (pool_ != nullptr && size_ >= worth_threads) {
    pool_->run(ranges_.size(), measure);
  } else {
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      measure(i);
    }
  }
  Moved sum;
  for (const Moved& moved : moved_) {
    sum.squared += moved.squared;
    sum.finite = sum.finite && moved.finite;
  }
  return sum;
}

/// 2-norm over all tensors.
template <class T>
double Chain<T>::norm(const Parameters<T>& gradient) {
  const Moved sum = sum_of_ranges(
      [&](const Range& range) { return Moved{sum_squares(gradient.tensor(range.tensor).subspan(range.first, range.size), 0), true}; });
  return detail::root<T>(sum.squared, gradient.values(), 0);
}

template <class T>
Moved Chain<T>::run_by_range(Parameters<T>& theta, Parameters<T>& gradient, double learning_rate, double factor) {
  return sum_of_ranges([&](const Range& range) {
    const TensorStep<T> whole = tensor_step(range.tensor, theta, gradient, learning_rate, factor);
    return rule_->run(layout_[range.tensor], whole.part(range.first, range.size));
  });
}

template <class T>
bool Chain<T>::wants_estimate() const {
  return summed_ + 1 >= options_.accumulate && rule_->estimate_slot(steps_ + 1).has_value();
}

template <class T>
void Chain<T>::estimate(const Parameters<T>& diagonal) {
  expects(diagonal.size() == size_, "an estimate has the layout of the parameters");
  if (const std::optional<std::size_t> slot = rule_->estimate_slot(steps_ + 1)) {
    std::copy(diagonal.values().begin(), diagonal.values().end(), slots_[*slot].begin());
    estimated_ = true;
  }
}

/// Clips by unit, and gives the factor that clips by norm; `length` is the norm of the gradient where that is known, else negative.
template <class T>
double Chain<T>::clip(const Parameters<T>& theta, Parameters<T>& gradient, double length) {
  if (options_.clip_adaptive > 0) {
    detail::clip_adaptively(theta, options_.clip_adaptive, options_.clip_adaptive_floor, gradient, unit_norms_, more_norms_);
  }
  if (options_.clip_norm == 0) {
    return 1;
  }
  if (length < 0 || options_.clip_value > 0 || options_.clip_adaptive > 0) {
    length = detail::norm(gradient, options_.clip_value);
  }
  return std::min(1.0, options_.clip_norm / (length + options_.clip_epsilon));
}

/// Lookahead and max-norm on the stepped theta; how far it has moved in all, squared.
template <class T>
double Chain<T>::constrain(Parameters<T>& theta, bool returns) {
  if (returns) {
    detail::look_ahead<T>(options_.lookahead_share, slow_, theta.values());
  }
  if (options_.max_norm > 0) {
    detail::keep_within(options_.max_norm, theta, unit_norms_);
    std::copy_n(theta.values().begin(), returns ? slow_.size() : 0, slow_.begin());
  }
  return detail::squared_distance<T>(theta.values(), before_);
}

template <class T>
StepReport Chain<T>::step(Parameters<T>& theta, Parameters<T>& gradient, double learning_rate) {
  expects(theta.size() == size_ && theta.tensors() == layout_.size(), "an optimiser steps the parameters it was started for");
  expects(gradient.size() == size_, "a gradient has the layout of its parameters");
  StepReport report;
  report.gradient_norm = norm(gradient);
  if (!std::isfinite(report.gradient_norm)) {
    report.finite = report.stepped = false;
    return report;
  }
  if (options_.accumulate > 1) {
    report.stepped = accumulate(gradient.values());
    if (!report.stepped) {
      return report;
    }
    report.gradient_norm = detail::norm(gradient, 0);
  }
  const bool noisy = options_.gradient_noise > 0;
  if (noisy) {
    detail::add_noise<T>(options_.gradient_noise, options_.gradient_noise_decay, options_.noise_seed, steps_, gradient.values());
  }
  report.clip_factor = clip(theta, gradient, noisy ? -1 : report.gradient_norm);

  const bool returns = synchronises();
  const bool constrained = returns || options_.max_norm > 0;
  before_.assign(theta.values().begin(), constrained ? theta.values().end() : theta.values().begin());
  const bool measured = rule_->totals() > 0;
  totals_.assign(rule_->totals(), 0);
  for (std::size_t i = 0; i < layout_.size() && measured; ++i) {
    rule_->measure(layout_[i], tensor_step(i, theta, gradient, learning_rate, report.clip_factor));
  }
  double squared = 0;
  if (rule_->runs_by_range()) {
    const Moved moved = run_by_range(theta, gradient, learning_rate, report.clip_factor);
    squared = moved.squared;
    report.finite = moved.finite;
  }
  for (std::size_t i = 0; i < layout_.size() && report.finite && !rule_->runs_by_range(); ++i) {
    TensorStep<T> tensor = tensor_step(i, theta, gradient, learning_rate, report.clip_factor);
    if (measured) {
      tensor.stages = {.shrink = tensor.stages.shrink, .l1 = tensor.stages.l1, .l1_within = tensor.stages.l1_within};
    }
    const Moved moved = rule_->run(layout_[i], tensor);
    squared += moved.squared;
    report.finite = moved.finite;
  }
  if (report.finite && constrained) {
    squared = constrain(theta, returns);
  }
  report.update_norm = std::sqrt(squared);
  estimated_ = false;
  if (report.finite) {
    ++steps_;
    average(theta.values());
  }
  return report;
}

template <class T>
Parameters<T> Chain<T>::evaluation(const Parameters<T>& theta) const {
  const std::optional<std::size_t> slot = rule_->evaluation_slot();
  const std::vector<T>* from = averaged_ > 0 ? &average_ : !slow_.empty() ? &slow_ : slot && steps_ > 0 ? &slots_[*slot] : nullptr;
  if (from == nullptr) {
    return theta;
  }
  Parameters<T> at = theta;
  std::copy(from->begin(), from->end(), at.values().begin());
  return at;
}

template <class T>
std::vector<StateArray> Chain<T>::save() const {
  std::vector<StateArray> state;
  state.push_back({"counts", {static_cast<double>(steps_), static_cast<double>(summed_), static_cast<double>(averaged_)}});
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    state.push_back({fmt::format("slot{}", s), widened(slots_[s])});
  }
  state.push_back({"scalars", scalars_});
  state.push_back({"accumulated", widened(sum_)});
  state.push_back({"l1_due", widened(due_)});
  state.push_back({"l1_paid", widened(paid_)});
  state.push_back({"slow", widened(slow_)});
  state.push_back({"average", widened(average_)});
  return state;
}

template <class T>
Result<void> Chain<T>::restore(const std::vector<StateArray>& state) {
  const std::vector<StateArray> mine = save();
  bool fits = state.size() == mine.size();
  for (std::size_t i = 0; fits && i < mine.size(); ++i) {
    fits = state[i].name == mine[i].name && state[i].values.size() == mine[i].values.size();
  }
  if (!fits || !std::all_of(state[0].values.begin(), state[0].values.end(), is_count)) {
    return data_error(fmt::format("The saved state is not one of {} with these options and parameters.", info_.name));
  }
  std::size_t next = 0;
  const std::vector<double>& counts = state[next++].values;
  steps_ = static_cast<std::int64_t>(counts[0]);
  summed_ = static_cast<std::int64_t>(counts[1]);
  averaged_ = static_cast<std::int64_t>(counts[2]);
  for (std::vector<T>& slot : slots_) {
    narrow(state[next++].values, slot);
  }
  scalars_ = state[next++].values;
  narrow(state[next++].values, sum_);
  narrow(state[next++].values, due_);
  narrow(state[next++].values, paid_);
  narrow(state[next++].values, slow_);
  narrow(state[next++].values, average_);
  return {};
}

template class Chain<float>;
template class Chain<double>;

}  // namespace fallline
