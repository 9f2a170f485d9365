// SPDX-License-Identifier: Apache-2.0
// One step of one coordinate, by the operations of rule_loop.hpp in their order, and its place in the arrays of a tensor.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "fallline/optim/catch_up.hpp"
#include "fallline/optim/rule_loop.hpp"

namespace fallline::detail {

/// One coordinate with its state, out of its arrays.
template <class T, std::size_t slots>
struct Coordinate {
  T theta = 0;
  T average = 0;
  T due = 0;
  T paid = 0;
  std::array<T, slots> slot = {};
};

/// Around in the numbers of the loop.
template <class T>
struct StepStages {
  T l2, shrink, l1, within, keep, take, points;

  explicit StepStages(const Around& around)
      : l2(static_cast<T>(around.stages.l2)),
        shrink(static_cast<T>(around.stages.shrink)),
        l1(static_cast<T>(around.stages.l1)),
        within(soft_within<T>(around.stages)),
        keep(static_cast<T>(around.keep)),
        take(static_cast<T>(around.take)),
        points(static_cast<T>(around.points)) {}
};

/// Coupled L2, decay and the rule; returns the metric.
template <class T, class Formula, std::size_t... I>
T descend_one(const Formula& formula, const StepStages<T>& stages, T g, Coordinate<T, sizeof...(I)>& c, std::index_sequence<I...>) {
  if (stages.l2 > 0) {
    g += stages.l2 * c.theta;
  }
  if (stages.shrink != 0) {
    c.theta -= stages.shrink * c.theta;
  }
  const Update<T> update = formula(c.theta, g, c.slot[I]...);
  c.theta -= update.delta;
  return update.metric;
}

template <class T, std::size_t slots>
void average_one(const StepStages<T>& stages, Coordinate<T, slots>& c) {
  if (stages.points > 1) {
    c.average += (c.theta - c.average) / stages.points;
  } else if (stages.take == T(1)) {
    c.average = c.theta;
  } else if (stages.take > 0) {
    c.average = stages.keep * c.average + stages.take * c.theta;
  }
}

template <class T, class Formula, std::size_t slots>
void step_one(const Formula& formula, const StepStages<T>& stages, T g, bool cumulative, Coordinate<T, slots>& c) {
  const T metric = descend_one(formula, stages, g, c, std::make_index_sequence<slots>());
  if (stages.l1 > 0) {
    const T cut = metric * stages.l1;
    c.theta = cumulative ? settle(c.theta, cut, c.due, c.paid) : soft(c.theta, cut, stages.within);
  }
  average_one(stages, c);
}

template <class T, std::size_t slots>
Coordinate<T, slots> load(const Tensor<T>& tensor, std::size_t i) {
  Coordinate<T, slots> c;
  c.theta = tensor.theta[i];
  c.average = tensor.average != nullptr ? tensor.average[i] : T(0);
  c.due = tensor.due != nullptr ? tensor.due[i] : T(0);
  c.paid = tensor.paid != nullptr ? tensor.paid[i] : T(0);
  for (std::size_t s = 0; s < slots; ++s) {
    c.slot[s] = tensor.slots[s] != nullptr ? tensor.slots[s][i] : T(0);
  }
  return c;
}

template <class T, std::size_t slots>
void store(const Coordinate<T, slots>& c, std::size_t i, const Tensor<T>& tensor) {
  tensor.theta[i] = c.theta;
  if (tensor.average != nullptr) {
    tensor.average[i] = c.average;
  }
  if (tensor.due != nullptr) {
    tensor.due[i] = c.due;
    tensor.paid[i] = c.paid;
  }
  for (std::size_t s = 0; s < slots; ++s) {
    if (tensor.slots[s] != nullptr) {
      tensor.slots[s][i] = c.slot[s];
    }
  }
}

}  // namespace fallline::detail
