// SPDX-License-Identifier: Apache-2.0
// Schedule-Free AdamW: Schedule-Free descent (schedule_free_sgd.hpp) whose fast point steps as Adam without momentum.
//   v <- beta2 v + (1 - beta2) g^2;   u = g / (sqrt(v/(1 - beta2^t)) + epsilon)
//   eta_t = eta min(1, t/warmup);   w = t^r (largest eta so far)^lr_power;   W <- W + w;   c = w/W
//   z <- z - eta_t (u + lambda y);   x <- x + c (z - x);   y <- x + (1 - beta1)(z - x)
// Defazio et al. 2024. theta is y, where gradients are taken; x is what to evaluate. x is kept as it is: to recover it from y
// and z loses digits. Weight decay is at y and inside the step of z.
#pragma once

#include <cmath>

#include "fallline/optim/detail/schedule_free.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct ScheduleFreeAdamW {
  static constexpr std::string_view name = "schedule_free_adamw";
  static constexpr std::string_view cites = "Defazio et al. 2024";
  static constexpr std::string_view summary = "Adam whose gradients are taken near the average of its own path; needs no schedule.";
  static constexpr std::size_t slots = 3;  // z, x, v
  static constexpr std::size_t evaluation_slot = 1;
  static constexpr std::array scalar_starts{0.0, 0.0};  // W, largest rate
  static constexpr bool constant_rate = true;
  static constexpr bool gradient_descent_like = false;
  static constexpr std::size_t linear_slots = 2;
  static constexpr bool linear_under_l2 = false;  // v divides
  static constexpr bool proximal = false;         // theta lies between z and x, which a proximal step would not reach

  double learning_rate = 2.5e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  std::int64_t warmup = 0;
  double r = 0;
  double lr_power = 2;

  static constexpr auto fields() {
    return std::array{
        field<&ScheduleFreeAdamW::learning_rate>("learning_rate", positive, "about the longest step of the fast point"),
        field<&ScheduleFreeAdamW::beta1>("beta1", unit, "where gradients are taken: 0 at the fast point, 1 at the average"),
        field<&ScheduleFreeAdamW::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&ScheduleFreeAdamW::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&ScheduleFreeAdamW::warmup>("warmup", nonnegative, "steps of a straight rise of the rate"),
        field<&ScheduleFreeAdamW::r>("r", nonnegative, "later points weigh t^r in the average"),
        field<&ScheduleFreeAdamW::lr_power>("lr_power", nonnegative, "and the largest rate so far to this power"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.0025,epsilon=1e-8"},
      Preset{"keras", "learning_rate=0.0025,epsilon=1e-8,lr_power=0"},
      Preset{"optax", "learning_rate=0.0025,epsilon=1e-8"},
  };

  bool decays_itself() const { return true; }

  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& /*z*/, T& /*x*/, T& v) const {
    v *= static_cast<T>(std::pow(beta2, steps));
  }

  template <class T>
  auto at(Step step, std::span<double> scalars) const {
    const auto weights = detail::schedule_free(step, static_cast<double>(warmup), r, lr_power, scalars[0], scalars[1]);
    const auto move = detail::schedule_free_step<T>(step, weights, beta1);
    const T keep = static_cast<T>(beta2);
    const T take = static_cast<T>(1 - beta2);
    const T scale = static_cast<T>(1 / (1 - std::pow(beta2, static_cast<double>(step.t))));
    const T outside = static_cast<T>(epsilon);
    return [=](T y, T g, T& z, T& x, T& v) {
      v = keep * v + take * g * g;
      const T den = std::sqrt(scale * v) + outside;
      const T u = den == T(0) ? T(0) : g / den;
      return Update<T>{move(y, u, z, x), move.eta};
    };
  }
};

}  // namespace fallline
