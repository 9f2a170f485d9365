// SPDX-License-Identifier: Apache-2.0
// Adan: Adam whose momentum looks ahead by the change of the gradient, so that no gradient at another point is needed.
//   d = g - g_(t-1), 0 at t = 1;   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) d
//   n <- beta3 n + (1 - beta3) (g + (1 - beta2) d)^2;   theta <- theta - eta (m/c1 + (1 - beta2) v/c2) / (sqrt(n/c3 + epsilon_root) +
//   epsilon)
// Xie et al. 2022, Algorithm 1, whose betas are 1 - those here (here they are the share kept).
#pragma once

#include <cmath>

#include "fallline/optim/detail/fading.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct Adan {
  static constexpr std::string_view name = "adan";
  static constexpr std::string_view cites = "Xie et al. 2022";
  static constexpr std::string_view summary = "Adam whose momentum looks ahead by the change of the gradient.";
  static constexpr std::size_t slots = 4;  // m, v, n, last gradient
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  double learning_rate = 1e-3;
  double beta1 = 0.98;
  double beta2 = 0.92;
  double beta3 = 0.99;
  double epsilon = 1e-8;
  double epsilon_root = 1e-8;

  static constexpr auto fields() {
    return std::array{
        field<&Adan::learning_rate>("learning_rate", positive, "about the longest step of a coordinate"),
        field<&Adan::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&Adan::beta2>("beta2", below_one, "share of the old mean change kept"),
        field<&Adan::beta3>("beta3", below_one, "share of the old mean square kept"),
        field<&Adan::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&Adan::epsilon_root>("epsilon_root", nonnegative, "added under the root"),
    };
  }

  static constexpr std::array presets{Preset{"optax", "epsilon=1e-8,epsilon_root=1e-8"}};

  double tail(std::int64_t t) const { return detail::fading_ratio(std::max(beta1, beta2), beta3, t); }
  /// The first of these steps sees the gradient fall to zero.
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m, T& v, T& n, T& last) const {
    const double left_v = std::pow(beta2, steps - 1);
    const double left_n = std::pow(beta3, steps - 1);
    const double fall = (1 - beta2) * static_cast<double>(last);
    m *= static_cast<T>(std::pow(beta1, steps));
    v = static_cast<T>(left_v * (beta2 * static_cast<double>(v) - fall));
    n = static_cast<T>(left_n * (beta3 * static_cast<double>(n) + (1 - beta3) * fall * fall));
    last = T(0);
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double t = static_cast<double>(step.t);
    const double c1 = 1 - std::pow(beta1, t);
    const double c2 = 1 - std::pow(beta2, t);
    const double c3 = 1 - std::pow(beta3, t);
    const bool first = step.t == 1;
    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T keep_v = static_cast<T>(beta2);
    const T take_v = static_cast<T>(1 - beta2);
    const T keep_n = static_cast<T>(beta3);
    const T take_n = static_cast<T>(1 - beta3);
    const T eta = static_cast<T>(step.learning_rate);
    const T of_m = static_cast<T>(step.learning_rate / c1);
    const T of_v = static_cast<T>(step.learning_rate * (1 - beta2) / c2);
    const T scale = static_cast<T>(1 / c3);
    const T outside = static_cast<T>(epsilon);
    const T inside = static_cast<T>(epsilon_root);
    return [=](T /*theta*/, T g, T& m, T& v, T& n, T& last) {
      const T change = first ? T(0) : g - last;
      last = g;
      m = keep_m * m + take_m * g;
      v = keep_v * v + take_v * change;
      const T ahead = g + take_v * change;
      n = keep_n * n + take_n * ahead * ahead;
      const T den = std::sqrt(scale * n + inside) + outside;
      const bool still = den == T(0);
      return Update<T>{still ? T(0) : (of_m * m + of_v * v) / den, still ? T(0) : eta / den};
    };
  }
};

}  // namespace fallline
