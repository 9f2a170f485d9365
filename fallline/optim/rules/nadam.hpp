// SPDX-License-Identifier: Apache-2.0
// NAdam: Adam whose momentum looks ahead, with a momentum that warms up.
//   mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2);   P <- P mu_t;   m and v as in Adam
//   n = mu_(t+1) m / (1 - P mu_(t+1)) + (1 - mu_t) g / (1 - P);   theta <- theta - eta n / (sqrt(v/c2) + epsilon)
// Dozat 2016. epsilon_hat: (sqrt(v) + epsilon)/sqrt(c2) below the line. P is one number a tensor and is kept in double.
#pragma once

#include <cmath>

#include "fallline/optim/detail/fading.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct NAdam {
  static constexpr std::string_view name = "nadam";
  static constexpr std::string_view cites = "Dozat 2016";
  static constexpr std::string_view summary = "Adam whose momentum looks ahead and warms up.";
  static constexpr std::size_t slots = 2;          // m, v
  static constexpr std::array scalar_starts{1.0};  // P
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  double learning_rate = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool epsilon_hat = false;
  double momentum_decay = 0.004;

  static constexpr auto fields() {
    return std::array{
        field<&NAdam::learning_rate>("learning_rate", positive, "about the longest step of a coordinate"),
        field<&NAdam::beta1>("beta1", below_one, "share of the old mean gradient kept, once warmed up"),
        field<&NAdam::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&NAdam::epsilon>("epsilon", nonnegative, "added to the root"),
        flag<&NAdam::epsilon_hat>("epsilon_hat", "add epsilon to the root before its bias is corrected"),
        field<&NAdam::momentum_decay>("momentum_decay", nonnegative, "pace at which the momentum warms up"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.002,epsilon=1e-8,momentum_decay=0.004"},
      Preset{"keras", "learning_rate=0.001,epsilon=1e-7,momentum_decay=1"},
      Preset{"ensmallen", "learning_rate=0.001,epsilon=1e-8,epsilon_hat=true,momentum_decay=0.004"},
  };

  double tail(std::int64_t t) const { return detail::fading_ratio(beta1, beta2, t); }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m, T& v) const {
    m *= static_cast<T>(std::pow(beta1, steps));
    v *= static_cast<T>(std::pow(beta2, steps));
  }

  template <class T>
  auto at(Step step, std::span<double> scalars) const {
    const double t = static_cast<double>(step.t);
    const auto warm = [this](double at) { return beta1 * (1 - 0.5 * std::pow(0.96, at * momentum_decay)); };
    const double now = warm(t);
    const double next = warm(t + 1);
    double& product = scalars[0];
    product *= now;
    const double c2 = 1 - std::pow(beta2, t);

    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T keep_v = static_cast<T>(beta2);
    const T take_v = static_cast<T>(1 - beta2);
    const T eta = static_cast<T>(step.learning_rate);
    const T of_m = static_cast<T>(step.learning_rate * next / (1 - product * next));
    const T of_g = static_cast<T>(step.learning_rate * (1 - now) / (1 - product));
    const T scale = static_cast<T>(1 / c2);
    const T outside = static_cast<T>(epsilon_hat ? epsilon / std::sqrt(c2) : epsilon);
    return [=](T /*theta*/, T g, T& m, T& v) {
      m = keep_m * m + take_m * g;
      v = keep_v * v + take_v * g * g;
      const T den = std::sqrt(scale * v) + outside;
      const bool still = den == T(0);
      return Update<T>{still ? T(0) : (of_m * m + of_g * g) / den, still ? T(0) : eta / den};
    };
  }
};

}  // namespace fallline
