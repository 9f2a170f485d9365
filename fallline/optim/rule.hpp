// SPDX-License-Identifier: Apache-2.0
// UpdateRule: a rule that acts on each coordinate by itself. It is a plain struct that tells its options and, for one step, gives the
// formula of one coordinate; one loop (rule_loop.hpp) runs every rule. Adding a rule is one file in rules/ and one word in rules.hpp.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "fallline/base/field.hpp"

namespace fallline {

/// Which step of which tensor: t counts from 1; learning_rate is the scheduled rate of this step.
struct Step {
  std::int64_t t = 1;
  double learning_rate = 0;
  double weight_decay = 0;  // for a rule that decays the weights itself, to be multiplied by the rate; 0 where nothing is penalised
  bool penalised = true;    // false for intercepts
  bool estimated = false;   // the slot that asked for an estimate holds one, made at this theta
};

/// What a rule does to one coordinate: theta -= delta. `metric` is the coordinate's effective rate, the displacement that a steady unit
/// gradient ends up causing per step; the proximal step shrinks by metric * l1.
template <class T>
struct Update {
  T delta;
  T metric;
};

/// A name for a rule with other settings, e.g. "nesterov=true". The settings may also name stages of the chain.
struct Variant {
  std::string_view name;
  std::string_view cites;
  std::string_view summary;
  std::string_view settings;
};

/// The options under which a rule is another library's. `of` restricts it to one variant.
struct Preset {
  std::string_view name;
  std::string_view settings;
  std::string_view of = {};
};

/// What every member of a list tells of itself, whatever its kind.
template <class R>
concept Described = std::is_default_constructible_v<R> && requires(R r) {
  { R::name } -> std::convertible_to<std::string_view>;
  { R::cites } -> std::convertible_to<std::string_view>;
  { R::summary } -> std::convertible_to<std::string_view>;
  R::fields();
};

/// What the elementwise and the tensor rules share. `slots` state arrays have the shape of the parameters.
template <class R>
concept StatefulRule = Described<R> && requires(R r) {
  { R::slots } -> std::convertible_to<std::size_t>;
  { R::gradient_descent_like } -> std::convertible_to<bool>;
  { R::proximal } -> std::convertible_to<bool>;
  { r.learning_rate } -> std::convertible_to<double>;
};

namespace detail {
template <class T, std::size_t>
using SlotOf = T&;

template <class T, class Formula, std::size_t... I>
constexpr bool is_formula(std::index_sequence<I...>) {
  return std::is_invocable_r_v<Update<T>, Formula, T, T, SlotOf<T, I>...>;
}

template <class R, class T>
concept GivesFormula = requires(const R r, Step step, std::span<double> scalars) {
  requires is_formula<T, decltype(r.template at<T>(step, scalars))>(std::make_index_sequence<R::slots>());
};
}  // namespace detail

/// at<T>(step, scalars) works out the step's constants once, in double, and returns the formula (theta, g, slot&...) -> Update<T>.
/// Optional members, read by the functions below: scalar_starts, uses_slot(i), slot_start(i), evaluation_slot,
/// decays_itself(), estimate_slot(t), constant_rate, also_called, variants, presets, and the exceptions a law may ask for.
/// What catch_up.hpp can make use of:
///   linear_slots   under a gradient linear in theta (linear_under_l2 = false: under none), a step is a linear map of theta and the first
///                  so many slots;
///   tail(t)        a step without a gradient moves theta by some delta: bounds all that follow at the same rate, as a multiple of it;
///   fade(t, k, slots...)  k steps without a gradient, after step t, take the slots there; steps first of which theta has not moved;
///   steady_metric  without a gradient, the metric is the rate times what the slots alone say, and they stand still or do not tell it;
///   tells_theta    the slots and the rate tell theta: what else moves it is undone.
template <class R>
concept UpdateRule = StatefulRule<R> && detail::GivesFormula<R, float> && detail::GivesFormula<R, double>;

/// Numbers kept per tensor, at their start: `static constexpr std::array scalar_starts{1.0};`.
template <class R>
constexpr std::span<const double> scalar_starts_of() {
  if constexpr (requires { R::scalar_starts; }) {
    return R::scalar_starts;
  } else {
    return {};
  }
}

/// Whether the rule wants the same rate throughout: `static constexpr bool constant_rate = true;`.
template <class R>
constexpr bool wants_constant_rate() {
  if constexpr (requires { R::constant_rate; }) {
    return R::constant_rate;
  } else {
    return false;
  }
}

/// Whether the slot is needed under the present options; one that is not takes no memory.
template <class R>
bool uses_slot(const R& rule, std::size_t slot) {
  if constexpr (requires { rule.uses_slot(slot); }) {
    return rule.uses_slot(slot);
  } else {
    return slot < R::slots;
  }
}

template <class R>
double slot_start(const R& rule, std::size_t slot) {
  if constexpr (requires { rule.slot_start(slot); }) {
    return rule.slot_start(slot);
  } else {
    return 0;
  }
}

/// True: the rule reads Step::weight_decay, and the chain leaves the weights alone.
template <class R>
bool decays_itself(const R& rule) {
  if constexpr (requires { rule.decays_itself(); }) {
    return rule.decays_itself();
  } else {
    return false;
  }
}

/// The slot in which the rule would like an estimate of the Hessian's diagonal before step t.
template <class R>
std::optional<std::size_t> estimate_slot(const R& rule, std::int64_t t) {
  if constexpr (requires { rule.estimate_slot(t); }) {
    return rule.estimate_slot(t);
  } else {
    return std::nullopt;
  }
}

/// A second name, shared with another member: the first in the list that has all the named fields is meant.
template <class R>
constexpr std::string_view also_called() {
  if constexpr (requires { R::also_called; }) {
    return R::also_called;
  } else {
    return {};
  }
}

template <class R>
constexpr std::span<const Variant> variants_of() {
  if constexpr (requires { R::variants; }) {
    return R::variants;
  } else {
    return {};
  }
}

template <class R>
constexpr std::span<const Preset> presets_of() {
  if constexpr (requires { R::presets; }) {
    return R::presets;
  } else {
    return {};
  }
}

}  // namespace fallline
