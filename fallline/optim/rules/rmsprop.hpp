// SPDX-License-Identifier: Apache-2.0
// RMSProp: the gradient divided by the root of its running mean square, so that all coordinates move at a like pace.
//   v <- rho v + (1 - rho) g^2;   centered: a <- rho a + (1 - rho) g, q = v - a^2, else q = v
//   u = g / (sqrt(q + epsilon_root) + epsilon);   theta <- theta - eta u, or through a momentum buffer as in momentum.hpp
// Tieleman & Hinton 2012, lecture 6e; centred: Graves 2013, eqs. 38-45. debias divides v and a by 1 - rho^t where they are used.
// The centred q is not taken as that difference, which cancels and may fall below zero, but followed itself (West 1979), the same in real
// arithmetic: a' = a + w (g - a);   q <- rho q + (1 - rho) (g - a)(g - a'),   w = (1 - rho), over 1 - rho^t with debias.
#pragma once

#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct RmsProp {
  static constexpr std::string_view name = "rmsprop";
  static constexpr std::string_view cites = "Tieleman & Hinton 2012; Graves 2013";
  static constexpr std::string_view summary = "Divides the gradient by the root of its running mean square.";
  static constexpr std::size_t slots = 3;  // v or q, m, a
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  enum class Buffer { grad, step };

  double learning_rate = 0.01;
  double rho = 0.99;
  double epsilon = 1e-8;
  double epsilon_root = 0;
  double momentum = 0;
  bool nesterov = false;
  Buffer buffer = Buffer::grad;
  bool centered = false;
  bool debias = false;
  double init_acc = 0;

  static constexpr auto fields() {
    return std::array{
        field<&RmsProp::learning_rate>("learning_rate", positive, "length of a step along a steady gradient"),
        field<&RmsProp::rho>("rho", below_one, "share of the old mean square kept"),
        field<&RmsProp::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&RmsProp::epsilon_root>("epsilon_root", nonnegative, "added under the root"),
        field<&RmsProp::momentum>("momentum", below_one, "share of the velocity kept each step; 0 is without"),
        flag<&RmsProp::nesterov>("nesterov", "look ahead along the velocity"),
        choice<&RmsProp::buffer>("buffer", "grad|step", "what the velocity sums: scaled gradients, or steps (rate inside)"),
        flag<&RmsProp::centered>("centered", "subtract the square of the mean gradient: a variance"),
        flag<&RmsProp::debias>("debias", "divide the averages by 1 - rho^t"),
        field<&RmsProp::init_acc>("init_acc", nonnegative, "start of the mean square"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.01,rho=0.99,epsilon=1e-8,epsilon_root=0,buffer=grad"},
      Preset{"keras", "learning_rate=0.001,rho=0.9,epsilon=0,epsilon_root=1e-7,buffer=step"},
      Preset{"optax", "rho=0.9,epsilon=0,epsilon_root=1e-8,buffer=step"},
      Preset{"ensmallen", "learning_rate=0.01,rho=0.99,epsilon=1e-8,epsilon_root=0"},
  };

  bool uses_slot(std::size_t slot) const { return slot == 0 || (slot == 1 && momentum > 0) || (slot == 2 && centered); }
  double slot_start(std::size_t slot) const { return slot == 0 ? init_acc : 0; }

  double tail(std::int64_t /*t*/) const { return centered && debias ? infinity : momentum / (1 - momentum); }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& v, T& m, T& a) const {
    const double left = std::pow(rho, steps);
    v = static_cast<T>(left * (static_cast<double>(v) + (1 - left) * static_cast<double>(a) * static_cast<double>(a)));
    m *= static_cast<T>(std::pow(momentum, steps));
    a *= static_cast<T>(left);
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double correction = debias ? 1 - std::pow(rho, static_cast<double>(step.t)) : 1;
    const T keep = static_cast<T>(rho);
    const T take = static_cast<T>(1 - rho);
    const T whole = static_cast<T>(1 / correction);
    const T follow = static_cast<T>(centered ? (1 - rho) / correction : 0);
    const T outside = static_cast<T>(epsilon);
    const T inside = static_cast<T>(epsilon_root);
    const T mu = static_cast<T>(momentum);
    const T before = static_cast<T>(buffer == Buffer::step ? step.learning_rate : 1);
    const T after = static_cast<T>(buffer == Buffer::step ? 1 : step.learning_rate);
    const T steady = static_cast<T>(step.learning_rate / (1 - momentum));
    return [=, ahead = nesterov](T /*theta*/, T g, T& v, T& m, T& a) {
      const T off = g - a;
      a = a + follow * off;
      v = keep * v + take * off * (g - a);
      const T den = std::sqrt(whole * v + inside) + outside;
      const T inverse = den == T(0) ? T(0) : T(1) / den;
      const T pull = before * (g * inverse);
      m = mu * m + pull;
      const T look = pull + mu * m;
      return Update<T>{after * (ahead ? look : m), steady * inverse};
    };
  }
};

}  // namespace fallline
