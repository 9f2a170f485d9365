// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/sparse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fallline/optim/detail/registry.hpp"
#include "fallline/optim/detail/stages.hpp"
#include "fallline/optim/detail/state_arrays.hpp"
#include "fallline/optim/detail/transforms.hpp"

namespace fallline {

using detail::is_count;
using detail::narrow;
using detail::widened;

namespace {

/// All coordinates are brought up to date after as many steps as there are of them, within these: a step's share of that is one or two
/// coordinates where they are many, and the history of the steps stays small.
constexpr std::int64_t least_period = std::int64_t{1} << 12U;
constexpr std::int64_t most_period = std::int64_t{1} << 18U;

/// Const or not: what only looks (CatchUp::look) is handed the same arrays.
template <class T>
T* at_offset(const std::vector<T>& values, std::size_t offset) {
  return values.empty() ? nullptr : const_cast<T*>(values.data()) + offset;
}

template <class T>
std::unique_ptr<CatchUp<T>> catch_up_of(const detail::AnyRule& rule) {
  if constexpr (std::is_same_v<T, float>) {
    return rule.catch_up_float();
  } else {
    return rule.catch_up_double();
  }
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

Result<void> check_stages(const ChainOptions& chain, std::string_view spec) {
  const auto refuse = [&](std::string_view stage) {
    return usage_error(
        fmt::format("{} sees or moves every coordinate at each step, so it does not go with the sparse steps of {}. Leave it "
                    "out, or take dense steps.",
                    stage, spec));
  };
  if (chain.accumulate > 1) {
    return refuse("accumulate");
  }
  if (chain.lookahead > 0) {
    return refuse("lookahead");
  }
  if (chain.max_norm > 0) {
    return refuse("max_norm");
  }
  if (chain.clip_adaptive > 0) {
    return refuse("clip_adaptive");
  }
  return chain.gradient_noise > 0 ? refuse("gradient_noise") : Result<void>();
}

}  // namespace

template <class T>
SparseOptimizer<T>::SparseOptimizer(OptimizerInfo info, std::unique_ptr<detail::AnyRule> rule, const ChainOptions& options)
    : info_(std::move(info)), rule_(std::move(rule)), options_(options) {}

template <class T>
void SparseOptimizer<T>::start(const Parameters<T>& theta, std::int64_t period) {
  expects(period >= 0 && period < (std::int64_t{1} << 32U), "the steps of a period are counted in 32 bits");
  layout_ = theta.infos();
  size_ = theta.size();
  period_ = period > 0 ? period : std::clamp(static_cast<std::int64_t>(size_), least_period, most_period);
  steps_ = averaged_ = 0;
  slots_.assign(rule_->slots(), {});
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    if (rule_->uses(s)) {
      slots_[s].assign(size_, static_cast<T>(rule_->start_of(s)));
    }
  }
  scalars_.clear();
  tensors_.clear();
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    scalars_.insert(scalars_.end(), rule_->scalar_starts().begin(), rule_->scalar_starts().end());
    tensors_.push_back(catch_up_of<T>(*rule_));
  }
  const bool cumulative = options_.l1 > 0 && options_.l1_form == L1Form::cumulative;
  due_.assign(cumulative ? size_ : 0, T(0));
  paid_.assign(cumulative ? size_ : 0, T(0));
  average_.assign(options_.average != Average::off ? size_ : 0, T(0));
  momentum_ = std::numeric_limits<double>::quiet_NaN();
  begin_history();
}

/// From here on, all coordinates being up to date.
template <class T>
void SparseOptimizer<T>::begin_history() {
  base_ = steps_;
  averaged_at_base_ = averaged_;
  scalars_at_base_ = scalars_;
  rates_.clear();
  momenta_.clear();
  at_.assign(size_, 0);
  for (const auto& tensor : tensors_) {
    tensor->start(steps_, !average_.empty());
  }
}

template <class T>
Tensor<T> SparseOptimizer<T>::tensor(std::size_t i, const Parameters<T>& theta) const {
  const std::size_t offset = theta.offset(i);
  Tensor<T> made{.size = layout_[i].size(),
                 .theta = const_cast<T*>(theta.values().data()) + offset,
                 .average = at_offset(average_, offset),
                 .due = at_offset(due_, offset),
                 .paid = at_offset(paid_, offset),
                 .at = at_offset(at_, offset)};
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    made.slots[s] = at_offset(slots_[s], offset);
  }
  return made;
}

/// Those of the touched coordinates that are tensor i's, counted from its first.
template <class T>
std::span<const std::size_t> SparseOptimizer<T>::local(std::size_t i, const Parameters<T>& theta, std::span<const std::size_t> touched) {
  const std::size_t offset = theta.offset(i);
  const auto first = std::lower_bound(touched.begin(), touched.end(), offset);
  const auto last = std::lower_bound(first, touched.end(), offset + layout_[i].size());
  local_.assign(first, last);
  for (std::size_t& index : local_) {
    index -= offset;
  }
  return local_;
}

template <class T>
void SparseOptimizer<T>::catch_up(Parameters<T>& theta, std::span<const std::size_t> touched) {
  expects(touched.empty() || touched.back() < size_, "coordinates lie inside the parameters");
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    tensors_[i]->advance(tensor(i, theta), local(i, theta, touched), 0);
  }
}

template <class T>
Around SparseOptimizer<T>::around(bool penalised, double learning_rate) const {
  Around made{.stages = detail::stages_of(options_, *rule_, penalised, steps_, learning_rate)};
  if (detail::is_point(options_, steps_ + 1)) {
    const bool first = averaged_ == 0;
    const bool mean = options_.average == Average::mean;
    made.points = mean ? static_cast<double>(averaged_ + 1) : 0;
    made.take = first ? 1 : mean ? 1 / made.points : 1 - options_.average_decay;
    made.keep = first ? 0 : mean ? 1 - made.take : options_.average_decay;
  }
  return made;
}

/// Tells every tensor of the next step.
template <class T>
void SparseOptimizer<T>::record(double learning_rate) {
  const bool driven = !momenta_.empty() && !same(momenta_.back(), momentum_);
  const std::size_t numbers = rule_->scalar_starts().size();
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    const Step step = detail::step_of(options_, *rule_, layout_[i].penalised, steps_, learning_rate);
    tensors_[i]->record(step, std::span(scalars_).subspan(i * numbers, numbers), around(layout_[i].penalised, learning_rate), driven);
  }
  rates_.push_back(learning_rate);
  momenta_.push_back(momentum_);
  averaged_ += detail::is_point(options_, steps_ + 1) ? 1 : 0;
  ++steps_;
}

template <class T>
StepReport SparseOptimizer<T>::step(Parameters<T>& theta, std::span<const std::size_t> touched, std::span<T> gradient,
                                    double learning_rate) {
  expects(theta.size() == size_ && theta.tensors() == layout_.size(), "an optimiser steps the parameters it was started for");
  expects(gradient.size() == touched.size() && (touched.empty() || touched.back() < size_), "a gradient has a number a coordinate touched");
  StepReport report;
  report.gradient_norm = detail::length<T>(gradient, 0);
  if (!std::isfinite(report.gradient_norm)) {
    report.finite = report.stepped = false;
    return report;
  }
  if (options_.clip_norm > 0) {
    const double length = options_.clip_value > 0 ? detail::length<T>(gradient, options_.clip_value) : report.gradient_norm;
    report.clip_factor = std::min(1.0, options_.clip_norm / (length + options_.clip_epsilon));
  }
  const T most = options_.clip_value > 0 ? static_cast<T>(options_.clip_value) : std::numeric_limits<T>::infinity();
  for (T& g : gradient) {
    g = std::clamp(g, -most, most) * static_cast<T>(report.clip_factor);
  }
  record(learning_rate);
  double squared = 0;
  const T* next = gradient.data();
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    const Tensor<T> all = tensor(i, theta);
    const std::span<const std::size_t> own = local(i, theta, touched);
    tensors_[i]->advance(all, own, 1);
    const Moved moved = tensors_[i]->touch(all, own, next);
    next += own.size();
    squared += moved.squared;
    report.finite = report.finite && moved.finite;
  }
  report.update_norm = std::sqrt(squared);
  if (steps_ - base_ >= period_) {
    for (std::size_t i = 0; i < layout_.size(); ++i) {
      tensors_[i]->advance_all(tensor(i, theta));
    }
    begin_history();
  }
  return report;
}

template <class T>
Parameters<T> SparseOptimizer<T>::settled(const Parameters<T>& theta) const {
  Parameters<T> now = theta;
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    tensors_[i]->look(tensor(i, theta), {.theta = now.tensor(i).data()});
  }
  return now;
}

template <class T>
Parameters<T> SparseOptimizer<T>::evaluation(const Parameters<T>& theta) const {
  const std::optional<std::size_t> slot = rule_->evaluation_slot();
  if (averaged_ == 0 && !(slot && steps_ > 0)) {
    return settled(theta);
  }
  Parameters<T> now = theta;
  for (std::size_t i = 0; i < layout_.size(); ++i) {
    T* const out = now.tensor(i).data();
    tensors_[i]->look(tensor(i, theta), averaged_ > 0 ? Looked<T>{.average = out} : Looked<T>{.slot = out, .which = *slot});
  }
  return now;
}

template <class T>
Pace SparseOptimizer<T>::pace() const {
  if (options_.l1 > 0 &&
      (options_.l1_form == L1Form::cumulative || (options_.l1_form == L1Form::truncated && options_.truncate_within > 0))) {
    return Pace::replays;
  }
  const bool l2 = options_.l2 > 0 || (options_.weight_decay > 0 && options_.decay == Decay::l2);
  return catch_up_of<T>(*rule_)->pace(l2, options_.l1 > 0);
}

template <class T>
bool SparseOptimizer<T>::set_momentum(double momentum) {
  const bool has = rule_->set_momentum(momentum);
  momentum_ = has ? momentum : momentum_;
  return has;
}

template <class T>
std::vector<StateArray> SparseOptimizer<T>::save() const {
  std::vector<StateArray> state;
  state.push_back({"counts", {static_cast<double>(base_), static_cast<double>(averaged_at_base_)}});
  state.push_back({"rates", rates_});
  state.push_back({"momenta", momenta_});
  state.push_back({"scalars", scalars_at_base_});
  state.push_back({"at", widened(at_)});
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    state.push_back({fmt::format("slot{}", s), widened(slots_[s])});
  }
  state.push_back({"l1_due", widened(due_)});
  state.push_back({"l1_paid", widened(paid_)});
  state.push_back({"average", widened(average_)});
  return state;
}

template <class T>
Result<void> SparseOptimizer<T>::restore(const std::vector<StateArray>& state) {
  const std::vector<StateArray> mine = save();
  bool fits = state.size() == mine.size();
  for (std::size_t i = 0; fits && i < mine.size(); ++i) {
    const bool history = mine[i].name == "rates" || mine[i].name == "momenta";
    fits = state[i].name == mine[i].name && (history || state[i].values.size() == mine[i].values.size());
  }
  fits = fits && state[1].values.size() == state[2].values.size() && static_cast<std::int64_t>(state[1].values.size()) < period_;
  fits = fits && std::all_of(state[0].values.begin(), state[0].values.end(), is_count);
  fits = fits && std::all_of(state[4].values.begin(), state[4].values.end(),
                             [&](double at) { return is_count(at) && at <= static_cast<double>(state[1].values.size()); });
  if (!fits) {
    return data_error(fmt::format("The saved state is not one of sparse {} with these options and parameters.", info_.name));
  }
  steps_ = static_cast<std::int64_t>(state[0].values[0]);
  averaged_ = static_cast<std::int64_t>(state[0].values[1]);
  scalars_ = state[3].values;
  begin_history();
  for (std::size_t k = 0; k < state[1].values.size(); ++k) {
    if (const double momentum = state[2].values[k]; !std::isnan(momentum)) {
      set_momentum(momentum);
    }
    record(state[1].values[k]);
  }
  std::size_t next = 4;
  narrow(state[next++].values, at_);
  for (std::vector<T>& slot : slots_) {
    narrow(state[next++].values, slot);
  }
  narrow(state[next++].values, due_);
  narrow(state[next++].values, paid_);
  narrow(state[next++].values, average_);
  return {};
}

template class SparseOptimizer<float>;
template class SparseOptimizer<double>;

template <class T>
Result<std::unique_ptr<SparseOptimizer<T>>> make_sparse_optimizer(std::string_view spec, const ChainOptions& chain) {
  if (const auto dense = make_optimizer<T>(spec, chain); !dense) {
    return dense.error();
  }
  Result<detail::RuleSpec> parsed = detail::parse_rule(spec, chain);
  if (!parsed) {
    return parsed.error();
  }
  if (parsed->rule->catch_up_float() == nullptr) {
    return usage_error(
        fmt::format("{} looks at whole tensors, so its steps cannot be sparse. Choose a rule of single coordinates, such as sgd, "
                    "adagrad, ftrl, adam or lazy_adam.",
                    parsed->info.name));
  }
  if (const auto well = check_stages(parsed->chain, parsed->info.name); !well) {
    return well.error();
  }
  return std::make_unique<SparseOptimizer<T>>(std::move(parsed->info), std::move(parsed->rule), parsed->chain);
}

template Result<std::unique_ptr<SparseOptimizer<float>>> make_sparse_optimizer<float>(std::string_view, const ChainOptions&);
template Result<std::unique_ptr<SparseOptimizer<double>>> make_sparse_optimizer<double>(std::string_view, const ChainOptions&);

}  // namespace fallline
