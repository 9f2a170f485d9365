// SPDX-License-Identifier: Apache-2.0
// CatchUp for one elementwise rule. See catch_up.hpp for the idea and rule.hpp for what a rule may tell.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "fallline/optim/catch_up.hpp"
#include "fallline/optim/detail/coordinate.hpp"
#include "fallline/optim/detail/rest.hpp"
#include "fallline/optim/detail/step_maps.hpp"

namespace fallline::detail {

template <class R>
constexpr bool is_linear() {
  return requires { R::linear_slots; };
}
template <class R>
constexpr std::size_t linear_slots() {
  if constexpr (is_linear<R>()) {
    return R::linear_slots;
  } else {
    return 0;
  }
}
template <class R>
constexpr bool is_linear_under_l2() {
  if constexpr (requires { R::linear_under_l2; }) {
    return R::linear_under_l2;
  } else {
    return is_linear<R>();
  }
}
template <class R>
constexpr bool has_steady_metric() {
  return requires { R::steady_metric; };
}
template <class R>
constexpr bool tells_theta() {
  return requires { R::tells_theta; };
}

template <class T, UpdateRule R>
class RuleCatchUp final : public CatchUp<T> {
  static constexpr std::size_t slots = R::slots;
  static constexpr auto all_slots = std::make_index_sequence<slots>();
  using State = Coordinate<T, slots>;
  template <class N>
  using FormulaOf = decltype(std::declval<const R&>().template at<N>(Step(), std::span<double>()));

 public:
  /// The rule must outlive this; its options are read at each step.
  explicit RuleCatchUp(const R& rule) : rule_(rule) {}

  void start(std::int64_t done, bool averages) override {
    done_ = done;
    averages_ = averages;
    formulas_.clear();
    stages_.clear();
    driven_ = l2_ = l1_ = decays_ = bounded_ = varied_ = false;
    hottest_ = 0;
    highest_ = -1;
    linear_.start(1 + linear_slots<R>() + (averages ? 1 : 0));
    rest_.start(averages);
  }

  void record(const Step& step, std::span<double> scalars, const Around& around, bool driven) override {
    const std::vector<double> before(scalars.begin(), scalars.end());
    formulas_.push_back(rule_.template at<T>(step, scalars));
    stages_.emplace_back(around);
    driven_ = driven_ || driven;
    l2_ = l2_ || around.stages.l2 > 0;
    l1_ = l1_ || around.stages.l1 > 0;
    decays_ = decays_ || around.stages.shrink != 0;
    bounded_ = bounded_ || around.stages.l1_within > 0;
    varied_ = varied_ || (recorded() > 1 && step.learning_rate != highest_);
    if (step.learning_rate > highest_) {
      highest_ = step.learning_rate;
      hottest_ = formulas_.size() - 1;
    }
    std::vector<double> again = before;
    const auto formula = rule_.template at<double>(step, again);
    const StepStages<double> stages(around);
    if constexpr (is_linear<R>()) {
      linear_.append(linear_map(formula, stages));
    }
    record_rest(formula, stages);
  }

  void advance(const Tensor<T>& tensor, std::span<const std::size_t> touched, std::uint32_t behind) const override {
    const std::int64_t to = recorded() - behind;
    for (const std::size_t i : touched) {
      advance_one(tensor, i, to);
    }
  }

  void advance_all(const Tensor<T>& tensor) const override {
    for (std::size_t i = 0; i < tensor.size; ++i) {
      advance_one(tensor, i, recorded());
    }
  }

  Moved touch(const Tensor<T>& tensor, std::span<const std::size_t> touched, const T* gradient) const override {
    Moved moved;
    const auto& formula = formulas_.back();
    const StepStages<T>& stages = stages_.back();
    for (std::size_t k = 0; k < touched.size(); ++k) {
      const std::size_t i = touched[k];
      State c = load<T, slots>(tensor, i);
      const double before = static_cast<double>(c.theta);
      step_one(formula, stages, gradient[k], tensor.due != nullptr, c);
      store(c, i, tensor);
      tensor.at[i] = static_cast<std::uint32_t>(recorded());
      const double move = static_cast<double>(c.theta) - before;
      moved.squared += move * move;
      moved.finite = moved.finite && std::isfinite(c.theta);
    }
    return moved;
  }

  void look(const Tensor<T>& tensor, const Looked<T>& out) const override {
    for (std::size_t i = 0; i < tensor.size; ++i) {
      State c = load<T, slots>(tensor, i);
      catch_up(c, tensor.at[i], recorded(), tensor.due != nullptr);
      if (out.theta != nullptr) {
        out.theta[i] = c.theta;
      }
      if (out.average != nullptr) {
        out.average[i] = c.average;
      }
      if constexpr (slots > 0) {
        if (out.slot != nullptr) {
          out.slot[i] = c.slot[out.which];
        }
      }
    }
  }

  Pace pace(bool l2, bool l1) const override {
    if (is_linear<R>() && !l1 && (!l2 || is_linear_under_l2<R>())) {
      return Pace::leaps;
    }
    if constexpr (requires(const R r) { r.tail(std::int64_t{1}); }) {
      const bool mapped = (!l2 || (is_linear<R>() && slots == 0)) && (!l1 || has_steady_metric<R>());
      const double tail = rule_.tail(std::int64_t{1} << 20U);
      if (mapped && std::isfinite(tail)) {
        return tail == 0 ? Pace::leaps : Pace::fades;
      }
    }
    return Pace::replays;
  }

 private:
  std::int64_t recorded() const { return static_cast<std::int64_t>(formulas_.size()); }

  void advance_one(const Tensor<T>& tensor, std::size_t i, std::int64_t to) const {
    if (tensor.at[i] < to) {
      State c = load<T, slots>(tensor, i);
      catch_up(c, tensor.at[i], to, tensor.due != nullptr);
      store(c, i, tensor);
      tensor.at[i] = static_cast<std::uint32_t>(to);
    }
  }

  /// The steps from `from` to `to`, counted from the start, at zero gradient.
  void catch_up(State& c, std::int64_t from, std::int64_t to, bool cumulative) const {
    bool resting = false;
    std::int64_t next_look = from;  // whether it is at rest is looked into every few steps
    while (from < to) {
      std::int64_t steps = 0;
      if (!resting && from >= next_look && fades() && done_ + from > 0) {
        resting = at_rest(c, done_ + from, cumulative);
        next_look = from + 8;
      }
      if (resting) {
        steps = rest(c, from, to);
      } else if (in_closed_form()) {
        steps = linear_block(c, from, to);
      }
      if (steps == 0) {
        const std::size_t s = static_cast<std::size_t>(from);
        step_one(formulas_[s], stages_[s], T(0), cumulative, c);
        steps = 1;
      }
      from += steps;
    }
  }

  bool in_closed_form() const { return is_linear<R>() && !l1_ && (!l2_ || is_linear_under_l2<R>()); }

  bool fades() const {
    if constexpr (requires(const R r) { r.tail(std::int64_t{1}); }) {
      return !driven_;
    } else {
      return false;
    }
  }

  /// Whether all that the rule would do to theta from here on is lost in its rounding, and the stages around it are maps.
  bool at_rest(const State& c, std::int64_t t, bool cumulative) const {
    if constexpr (requires(const R r) { r.tail(std::int64_t{1}); }) {
      const bool zero = c.theta == T(0);
      const bool mapped = (!l2_ || (is_linear<R>() && slots == 0)) && !(tells_theta<R>() && (decays_ || varied_)) && rest_.shrinks() &&
                          (!l1_ || (has_steady_metric<R>() && !bounded_));
      if (cumulative || (!zero && !mapped)) {
        return false;
      }
      State ahead = c;
      double longest = 0;
      for (int i = 0; i < 2; ++i) {
        longest = std::max(longest, std::abs(static_cast<double>(delta_of(formulas_[hottest_], ahead, all_slots))));
      }
      constexpr double lost = std::is_same_v<T, float> ? std::numeric_limits<float>::epsilon() : 1e-10;
      return longest * (1 + rule_.tail(t)) <= lost * std::abs(static_cast<double>(c.theta));
    } else {
      return false;
    }
  }

  template <std::size_t... I>
  static T delta_of(const FormulaOf<T>& formula, State& c, std::index_sequence<I...>) {
    return formula(c.theta, T(0), c.slot[I]...).delta;
  }

  template <std::size_t... I>
  static T metric_of(const FormulaOf<T>& formula, State c, std::index_sequence<I...>) {
    return formula(c.theta, T(0), c.slot[I]...).metric;
  }

  template <std::size_t... I>
  void fade_slots(std::int64_t t, std::int64_t steps, State& c, std::index_sequence<I...>) const {
    if constexpr (requires { rule_.fade(t, 1.0, c.slot[I]...); }) {
      rule_.fade(t, static_cast<double>(steps), c.slot[I]...);
    }
  }

  std::int64_t linear_block(State& c, std::int64_t from, std::int64_t to) const {
    const std::int64_t steps = linear_.longest(from, to, to);
    if (steps > 0) {
      std::array<double, most_mapped> x = pack(c);
      linear_.apply(from, steps, 0, x);
      fade_slots(done_ + from, steps, c, all_slots);  // those that the map does not know
      unpack(x, c);
    }
    return steps;
  }

  /// Steps at rest: all at once, or a block of them where there is an average; 0: the next is one that turns the weight.
  std::int64_t rest(State& c, std::int64_t from, std::int64_t to) const {
    const double scale = rest_.cuts() && c.theta != T(0) ? metric_share(c) : 0;
    double theta = static_cast<double>(c.theta);
    double average = static_cast<double>(c.average);
    const std::int64_t steps = rest_.take(from, to, scale, theta, average);
    if (steps > 0) {
      c.theta = static_cast<T>(theta);
      c.average = static_cast<T>(average);
      fade_slots(done_ + from, steps, c, all_slots);
    }
    return steps;
  }

  /// The metric of a coordinate at rest as a multiple of that of reference slots, which the maps have.
  double metric_share(const State& c) const {
    State reference;
    reference.slot.fill(T(1));
    const double of = static_cast<double>(metric_of(formulas_[hottest_], reference, all_slots));
    return of > 0 ? static_cast<double>(metric_of(formulas_[hottest_], c, all_slots)) / of : 0;
  }

  /// The numbers of a linear map: theta, its slots, the average.
  template <class N>
  std::array<double, most_mapped> pack(const Coordinate<N, slots>& c) const {
    std::array<double, most_mapped> x = {static_cast<double>(c.theta)};
    for (std::size_t s = 0; s < linear_slots<R>(); ++s) {
      x[1 + s] = static_cast<double>(c.slot[s]);
    }
    if (averages_) {
      x[1 + linear_slots<R>()] = static_cast<double>(c.average);
    }
    return x;
  }
  template <class N>
  void unpack(const std::array<double, most_mapped>& x, Coordinate<N, slots>& c) const {
    c.theta = static_cast<N>(x[0]);
    for (std::size_t s = 0; s < linear_slots<R>(); ++s) {
      c.slot[s] = static_cast<N>(x[1 + s]);
    }
    if (averages_) {
      c.average = static_cast<N>(x[1 + linear_slots<R>()]);
    }
  }

  StepMap linear_map(const FormulaOf<double>& formula, const StepStages<double>& stages) const {
    StepMap map;
    for (std::size_t j = 0; j < linear_.size(); ++j) {
      std::array<double, most_mapped> x = {};
      x[j] = 1;
      Coordinate<double, slots> c;
      unpack(x, c);
      descend_one(formula, stages, 0.0, c, all_slots);
      average_one(stages, c);
      x = pack(c);
      for (std::size_t i = 0; i < linear_.size(); ++i) {
        map.matrix[i * most_mapped + j] = x[i];
      }
    }
    return map;
  }

  /// What a step leaves of a weight at rest, and what L1 takes off one of reference slots.
  void record_rest(const FormulaOf<double>& formula, const StepStages<double>& stages) {
    Coordinate<double, slots> one;
    one.theta = 1;
    if constexpr (is_linear<R>() && slots == 0) {
      descend_one(formula, stages, 0.0, one, all_slots);
    } else {
      one.theta -= stages.shrink;
    }
    Coordinate<double, slots> reference;
    reference.slot.fill(1);
    const double cut = stages.l1 > 0 ? stages.l1 * descend_one(formula, stages, 0.0, reference, all_slots) : 0;
    rest_.append(one.theta, cut, stages);
  }

  const R& rule_;
  std::int64_t done_ = 0;
  bool averages_ = false;
  std::vector<FormulaOf<T>> formulas_;
  std::vector<StepStages<T>> stages_;
  bool driven_ = false;
  bool l2_ = false;
  bool l1_ = false;
  bool decays_ = false;
  bool varied_ = false;      // the rate
  bool bounded_ = false;     // L1 leaves large weights alone
  std::size_t hottest_ = 0;  // the step of the highest rate
  double highest_ = -1;
  StepMaps linear_;
  Rest rest_;
};

}  // namespace fallline::detail
