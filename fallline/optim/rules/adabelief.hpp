// SPDX-License-Identifier: Apache-2.0
// AdaBelief: Adam that divides by how far the gradient strays from its mean, so that it strides where the gradient is what was expected.
//   m <- beta1 m + (1 - beta1) g;   s <- beta2 s + (1 - beta2) (g - m)^2 + eps_state;   theta <- theta - eta (m/c1)/(sqrt(s/c2) + epsilon)
// Zhuang et al. 2020, Algorithm 2; eps_state is stored in s, so it adds up to eps_state/(1 - beta2). amsgrad=raw divides by the largest s.
// rectify (the authors' code) steps by momentum alone while rho_t < threshold and then as RAdam, with (sqrt(s) + epsilon)/sqrt(c2) below
// the line. nesterov is Adam's.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/detail/fading.hpp"
#include "fallline/optim/detail/rectify.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct AdaBelief {
  static constexpr std::string_view name = "adabelief";
  static constexpr std::string_view cites = "Zhuang et al. 2020";
  static constexpr std::string_view summary = "Adam that divides by how far the gradient strays from its mean.";
  static constexpr std::size_t slots = 3;  // m, s, largest s
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  enum class Amsgrad { off, raw };

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-16;
  double eps_state = 1e-16;
  bool nesterov = false;
  Amsgrad amsgrad = Amsgrad::off;
  bool rectify = false;
  double threshold = 5;

  static constexpr auto fields() {
    return std::array{
        field<&AdaBelief::learning_rate>("learning_rate", positive, "length of the step where the gradient strays by its own size"),
        field<&AdaBelief::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&AdaBelief::beta2>("beta2", below_one, "share of the old mean square of the straying kept"),
        field<&AdaBelief::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&AdaBelief::eps_state>("eps_state", nonnegative, "added to the mean square at each step, and kept there"),
        flag<&AdaBelief::nesterov>("nesterov", "look ahead: weigh the newest gradient once more"),
        choice<&AdaBelief::amsgrad>("amsgrad", "off|raw", "divide by the largest mean square so far"),
        flag<&AdaBelief::rectify>("rectify", "step by momentum alone until the mean square can be trusted"),
        field<&AdaBelief::threshold>("threshold", nonnegative, "length of the average from which it is; at least 4"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.001,epsilon=1e-16,eps_state=1e-16,rectify=true"},
      Preset{"optax", "epsilon=1e-16,eps_state=1e-16"},
      Preset{"ensmallen", "learning_rate=0.001,epsilon=1e-12,eps_state=1e-12"},
  };

  bool uses_slot(std::size_t slot) const { return slot < 2 || amsgrad != Amsgrad::off; }

  double tail(std::int64_t t) const {
    const auto [length, factor] = detail::rectify(beta2, t);
    const bool trusted = !rectify || (factor > 0 && length >= threshold);
    return trusted ? detail::fading_ratio(beta1, beta2, t) : infinity;
  }
  /// s takes in beta1^2j m^2 and eps_state on its way.
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m, T& s, T& x) const {
    const double left_m = std::pow(beta1, steps);
    const double left_s = std::pow(beta2, steps);
    const double apart = beta2 - beta1 * beta1;
    const double strayed = std::abs(apart) < 1e-9 ? steps * left_s : beta1 * beta1 * (left_s - left_m * left_m) / apart;
    s = static_cast<T>(left_s * static_cast<double>(s) + eps_state * (1 - left_s) / (1 - beta2) +
                       (1 - beta2) * strayed * static_cast<double>(m) * static_cast<double>(m));
    m *= static_cast<T>(left_m);
    x = amsgrad == Amsgrad::raw ? std::max(x, s) : s;
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double t = static_cast<double>(step.t);
    const double c1 = 1 - std::pow(beta1, t);
    const double c2 = 1 - std::pow(beta2, t);
    const auto [length, factor] = detail::rectify(beta2, step.t);
    const bool trusted = !rectify || (factor > 0 && length >= threshold);
    const double rate = step.learning_rate * (rectify && trusted ? factor : 1);
    const bool largest = amsgrad == Amsgrad::raw;

    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T keep_s = static_cast<T>(beta2);
    const T take_s = static_cast<T>(1 - beta2);
    const T stored = static_cast<T>(eps_state);
    const T eta = static_cast<T>(rate);
    const T of_m = static_cast<T>(rate * (nesterov ? beta1 / (1 - std::pow(beta1, t + 1)) : 1 / c1));
    const T of_g = static_cast<T>(nesterov ? rate * (1 - beta1) / c1 : 0);
    const T scale = static_cast<T>(1 / c2);
    const T outside = static_cast<T>(rectify ? epsilon / std::sqrt(c2) : epsilon);
    return [=](T /*theta*/, T g, T& m, T& s, T& x) {
      m = keep_m * m + take_m * g;
      s = keep_s * s + take_s * (g - m) * (g - m) + stored;
      x = largest ? std::max(x, s) : s;
      const T root = std::sqrt(scale * x) + outside;
      const T den = trusted ? root : T(1);
      const bool still = den == T(0);
      return Update<T>{still ? T(0) : (of_m * m + of_g * g) / den, still ? T(0) : eta / den};
    };
  }
};

}  // namespace fallline
