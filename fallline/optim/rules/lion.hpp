// SPDX-License-Identifier: Apache-2.0
// Lion: every coordinate steps by the rate, against the sign of a mean in which the newest gradient weighs more than in the mean kept.
//   x = beta1 m + (1 - beta1) g;   theta <- theta - eta sign(x);   m <- beta2 m + (1 - beta2) g,   sign(0) = 0
// Chen et al. 2023, Algorithm 2. mode=smooth has tanh(smooth x) for the sign, refined has x cut to [-1, 1].
#pragma once

#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct Lion {
  static constexpr std::string_view name = "lion";
  static constexpr std::string_view cites = "Chen et al. 2023";
  static constexpr std::string_view summary =
      "Every coordinate steps by the learning rate against the sign of a mean that favours the newest gradient.";
  static constexpr std::size_t slots = 1;  // m
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // a sign does not shrink with the gradient

  enum class Mode { hard, smooth, refined };

  double learning_rate = 1e-4;
  double beta1 = 0.9;
  double beta2 = 0.99;
  Mode mode = Mode::hard;
  double smooth = 1;

  static constexpr auto fields() {
    return std::array{
        field<&Lion::learning_rate>("learning_rate", positive, "length of each coordinate's step"),
        field<&Lion::beta1>("beta1", below_one, "share of the mean in the direction; the rest is the gradient"),
        field<&Lion::beta2>("beta2", below_one, "share of the old mean gradient kept"),
        choice<&Lion::mode>("mode", "hard|smooth|refined", "the sign: as it is, a tanh, or the value cut to [-1, 1]"),
        field<&Lion::smooth>("smooth", positive, "steepness of the tanh at zero"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.0001"},
      Preset{"keras", "learning_rate=0.001"},
      Preset{"optax", "weight_decay=0.001,decay=decoupled"},
  };

  double tail(std::int64_t /*t*/) const { return mode == Mode::hard ? infinity : beta2 / (1 - beta2); }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m) const {
    m *= static_cast<T>(std::pow(beta2, steps));
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const T eta = static_cast<T>(step.learning_rate);
    const T of_m = static_cast<T>(beta1);
    const T of_g = static_cast<T>(1 - beta1);
    const T keep = static_cast<T>(beta2);
    const T take = static_cast<T>(1 - beta2);
    const T steepness = static_cast<T>(smooth);
    return [=, kind = mode](T /*theta*/, T g, T& m) {
      const T x = of_m * m + of_g * g;
      m = keep * m + take * g;
      if (kind == Mode::smooth) {
        return Update<T>{eta * std::tanh(steepness * x), eta};
      }
      const T most = kind == Mode::hard ? T(1) : (x < T(0) ? -x : x);
      const T length = most < T(1) ? most : T(1);
      const T down = x < T(0) ? -length : T(0);
      return Update<T>{eta * (x > T(0) ? length : down), eta};
    };
  }
};

}  // namespace fallline
