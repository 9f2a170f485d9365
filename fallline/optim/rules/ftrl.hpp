// SPDX-License-Identifier: Apache-2.0
// FTRL-Proximal: theta is the minimum of all linearised losses so far with their penalties, so that L1 gives exact zeros. For sparse linear
// models.
//   n' = n + g^2;   z <- z + g + 2 l2_shrinkage theta - (n'^p - n^p)/eta theta;   n <- n',   p = -power
//   theta <- (clip(z, -l1, l1) - z) / (n^p/eta + 2 (l2 + beta/(2 eta)))
// McMahan et al. 2013, Algorithm 1 (power -1/2, l2 there twice that here). theta is told by the sums alone, so the start of theta is
// forgotten unless init_acc, l1, l2 and beta are 0: then it is AdaGrad. l1 and l2 are its own, act inside the step and leave intercepts
// free.
#pragma once

#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct Ftrl {
  static constexpr std::string_view name = "ftrl";
  static constexpr std::string_view cites = "McMahan et al. 2013";
  static constexpr std::string_view summary = "Follows the regularised leader: exact zeros under L1, for sparse linear models.";
  static constexpr std::size_t slots = 2;  // n, z
  static constexpr bool constant_rate = true;
  static constexpr bool gradient_descent_like = false;
  static constexpr bool tells_theta = true;
  static constexpr bool proximal = false;      // its own l1 is
  static constexpr bool own_penalties = true;  // l1 and l2 act inside the step, not in the chain

  double learning_rate = 0.1;
  double power = -0.5;
  double init_acc = 0;
  double l1 = 0;
  double l2 = 0;
  double l2_shrinkage = 0;
  double beta = 0;

  static constexpr auto fields() {
    return std::array{
        field<&Ftrl::learning_rate>("learning_rate", positive, "length of the step for a sum of squares of one"),
        field<&Ftrl::power>("power", Range{-infinity, 0, true, false}, "the rate falls with the sum of squares to this power"),
        field<&Ftrl::init_acc>("init_acc", nonnegative, "start of the sum of squares"),
        field<&Ftrl::l1>("l1", nonnegative, "L1 penalty: sums below it are weights of zero"),
        field<&Ftrl::l2>("l2", nonnegative, "L2 penalty on the weight itself, l2 w^2"),
        field<&Ftrl::l2_shrinkage>("l2_shrinkage", nonnegative, "L2 penalty inside the gradient, l2_shrinkage w^2"),
        field<&Ftrl::beta>("beta", nonnegative, "added to the root of the sum of squares"),
    };
  }

  static constexpr std::array presets{Preset{"keras", "learning_rate=0.001,power=-0.5,init_acc=0.1"}};

  double slot_start(std::size_t slot) const { return slot == 0 ? init_acc : 0; }

  /// Theta is told by sums that stand still.
  double tail(std::int64_t /*t*/) const { return l2_shrinkage > 0 ? infinity : 0; }
  template <class T>
  void fade(std::int64_t /*t*/, double /*steps*/, T& /*n*/, T& /*z*/) const {}

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double share = step.penalised ? 1 : 0;
    const bool root = power == -0.5;
    const T exponent = static_cast<T>(-power);
    const bool moves = step.learning_rate > 0;  // at a rate of 0 the sums go on alone
    const T slower = static_cast<T>(moves ? 1 / step.learning_rate : 0);
    const T cut = static_cast<T>(share * l1);
    const T pull = static_cast<T>(share * 2 * l2_shrinkage);
    const T always = static_cast<T>(moves ? 2 * (share * l2 + beta / (2 * step.learning_rate)) : 0);
    return [=](T theta, T g, T& n, T& z) {
      const T sum = n + g * g;
      const T before = root ? std::sqrt(n) : std::pow(n, exponent);
      const T now = root ? std::sqrt(sum) : std::pow(sum, exponent);
      z += g + pull * theta - (now - before) * slower * theta;
      n = sum;
      const T above = z > cut ? cut - z : T(0);
      const T shrunk = z < -cut ? -cut - z : above;
      const T den = now * slower + always;
      return Update<T>{den == T(0) ? T(0) : theta - shrunk / den, T(0)};
    };
  }
};

}  // namespace fallline
