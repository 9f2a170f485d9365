// SPDX-License-Identifier: Apache-2.0
// Schedule-Free SGD: gradients are taken between a fast point z and its running average x, which needs no schedule and no stopping time.
//   eta_t = eta min(1, t/warmup);   w = t^r (largest eta so far)^lr_power;   W <- W + w;   c = w/W
//   z <- z - eta_t (g + lambda y);   x <- x + c (z - x);   y <- x + (1 - beta)(z - x)
// Defazio et al. 2024, Algorithm 1. theta is y, where gradients are taken; x is what to evaluate. x is kept as it is: to recover it from y
// and z loses digits. Weight decay is at y and inside the step of z.
#pragma once

#include <cmath>

#include "fallline/optim/detail/schedule_free.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct ScheduleFreeSgd {
  static constexpr std::string_view name = "schedule_free_sgd";
  static constexpr std::string_view cites = "Defazio et al. 2024";
  static constexpr std::string_view summary = "Descent whose gradients are taken near the average of its own path; needs no schedule.";
  static constexpr std::size_t slots = 2;  // z, x
  static constexpr std::size_t evaluation_slot = 1;
  static constexpr std::array scalar_starts{0.0, 0.0};  // W, largest rate
  static constexpr bool constant_rate = true;
  static constexpr bool gradient_descent_like = true;
  static constexpr std::size_t linear_slots = 2;
  static constexpr bool proximal = false;  // theta lies between z and x, which a proximal step would not reach

  double learning_rate = 1;
  double beta = 0.9;
  std::int64_t warmup = 0;
  double r = 0;
  double lr_power = 2;

  static constexpr auto fields() {
    return std::array{
        field<&ScheduleFreeSgd::learning_rate>("learning_rate", positive, "length of the fast point's step for a gradient of one"),
        field<&ScheduleFreeSgd::beta>("beta", unit, "where gradients are taken: 0 at the fast point, 1 at the average"),
        field<&ScheduleFreeSgd::warmup>("warmup", nonnegative, "steps of a straight rise of the rate"),
        field<&ScheduleFreeSgd::r>("r", nonnegative, "later points weigh t^r in the average"),
        field<&ScheduleFreeSgd::lr_power>("lr_power", nonnegative, "and the largest rate so far to this power"),
    };
  }

  bool decays_itself() const { return true; }

  template <class T>
  auto at(Step step, std::span<double> scalars) const {
    const auto weights = detail::schedule_free(step, static_cast<double>(warmup), r, lr_power, scalars[0], scalars[1]);
    const auto move = detail::schedule_free_step<T>(step, weights, beta);
    return [=](T y, T g, T& z, T& x) { return Update<T>{move(y, g, z, x), move.eta}; };
  }
};

}  // namespace fallline
