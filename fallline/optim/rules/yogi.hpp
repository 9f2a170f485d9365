// SPDX-License-Identifier: Apache-2.0
// Yogi: Adam whose mean square changes by no more than g^2, so that rates do not jump up after a large gradient is forgotten.
//   m <- beta1 m + (1 - beta1) g;   v <- v - (1 - beta2) sign(v - g^2) g^2;   theta <- theta - eta (m/c1) / (sqrt(v/c2) + epsilon)
// Zaheer et al. 2018. debias=false uses c1 = c2 = 1.
#pragma once

#include <cmath>

#include "fallline/optim/detail/fading.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct Yogi {
  static constexpr std::string_view name = "yogi";
  static constexpr std::string_view cites = "Zaheer et al. 2018";
  static constexpr std::string_view summary =
      "Adam whose mean square grows and shrinks by additions, never faster than the squared gradient.";
  static constexpr std::size_t slots = 2;  // m, v
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  double learning_rate = 0.01;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-3;
  double init_m = 0;
  double init_v = 1e-6;
  bool debias = true;

  static constexpr auto fields() {
    return std::array{
        field<&Yogi::learning_rate>("learning_rate", positive, "about the longest step of a coordinate"),
        field<&Yogi::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&Yogi::beta2>("beta2", below_one, "1 - beta2 of the squared gradient is added or taken"),
        field<&Yogi::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&Yogi::init_m>("init_m", any_number, "start of the mean gradient"),
        field<&Yogi::init_v>("init_v", nonnegative, "start of the mean square"),
        flag<&Yogi::debias>("debias", "correct both means as if they had started at zero"),
    };
  }

  static constexpr std::array presets{
      Preset{"optax", "epsilon=1e-3,init_m=1e-6,init_v=1e-6"},
      Preset{"ensmallen", "learning_rate=0.001,epsilon=1e-8,init_v=0,debias=false"},
  };

  double slot_start(std::size_t slot) const { return slot == 0 ? init_m : init_v; }

  double tail(std::int64_t t) const { return detail::fading_ratio(beta1, 1, 1) / std::sqrt(debias ? 1 - std::pow(beta2, t) : 1); }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m, T& /*v*/) const {
    m *= static_cast<T>(std::pow(beta1, steps));
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double t = static_cast<double>(step.t);
    const double c1 = debias ? 1 - std::pow(beta1, t) : 1;
    const double c2 = debias ? 1 - std::pow(beta2, t) : 1;
    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T take_v = static_cast<T>(1 - beta2);
    const T eta = static_cast<T>(step.learning_rate);
    const T of_m = static_cast<T>(step.learning_rate / c1);
    const T scale = static_cast<T>(1 / c2);
    const T outside = static_cast<T>(epsilon);
    return [=](T /*theta*/, T g, T& m, T& v) {
      m = keep_m * m + take_m * g;
      const T square = g * g;
      const T change = take_v * square;
      const T grown = v < square ? v + change : v;
      v = v > square ? v - change : grown;
      const T den = std::sqrt(scale * v) + outside;
      const bool still = den == T(0);
      return Update<T>{still ? T(0) : of_m * m / den, still ? T(0) : eta / den};
    };
  }
};

}  // namespace fallline
