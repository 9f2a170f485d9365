// SPDX-License-Identifier: Apache-2.0
// Adam: momentum divided by the root of the running mean square, both freed of the bias of their start at zero.
//   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) g^2;   c1 = 1 - beta1^t,  c2 = 1 - beta2^t
//   theta <- theta - eta (m/c1) / (sqrt(v/c2 + epsilon_root) + epsilon)
// Kingma & Ba 2014, Algorithm 1. epsilon_hat: (sqrt(v) + epsilon)/sqrt(c2) below the line, the form at the end of their section 2.
// amsgrad (Reddi, Kale & Kumar 2018) divides by the largest v so far: raw takes the maximum of v, corrected that of v/c2.
// nesterov puts beta1 m/(1 - beta1^(t+1)) + (1 - beta1) g/c1 for m/c1. adamw is Adam with decoupled decay (Loshchilov & Hutter 2017).
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/detail/fading.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct Adam {
  static constexpr std::string_view name = "adam";
  static constexpr std::string_view cites = "Kingma & Ba 2014";
  static constexpr std::string_view summary = "Momentum divided by the root of the running mean square, both corrected for their start.";
  static constexpr std::size_t slots = 3;  // m, v, largest v
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  enum class Amsgrad { off, raw, corrected };

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double epsilon_root = 0;
  bool epsilon_hat = false;
  Amsgrad amsgrad = Amsgrad::off;
  bool nesterov = false;
  bool debias_m = true;
  bool debias_v = true;

  static constexpr auto fields() {
    return std::array{
        field<&Adam::learning_rate>("learning_rate", positive, "about the longest step of a coordinate"),
        field<&Adam::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&Adam::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&Adam::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&Adam::epsilon_root>("epsilon_root", nonnegative, "added under the root"),
        flag<&Adam::epsilon_hat>("epsilon_hat", "add epsilon to the root before its bias is corrected"),
        choice<&Adam::amsgrad>("amsgrad", "off|raw|corrected",
                               "divide by the largest mean square so far, taken before or after correction"),
        flag<&Adam::nesterov>("nesterov", "look ahead: weigh the newest gradient once more"),
        flag<&Adam::debias_m>("debias_m", "correct the mean gradient for its start at zero"),
        flag<&Adam::debias_v>("debias_v", "correct the mean square for its start at zero"),
    };
  }

  static constexpr std::array variants{
      Variant{"amsgrad", "Reddi, Kale & Kumar 2018", "Adam whose rates never rise again: it divides by the largest mean square so far.",
              "amsgrad=raw"},
      Variant{"adamw", "Loshchilov & Hutter 2017", "Adam with weight decay apart from the gradient.", "weight_decay=0.01,decay=decoupled"},
  };
  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.001,epsilon=1e-8"},
      Preset{"torch", "weight_decay=0.01", "adamw"},
      Preset{"keras", "learning_rate=0.001,epsilon=1e-7,epsilon_hat=true"},
      Preset{"keras", "weight_decay=0.004", "adamw"},
      Preset{"optax", "epsilon=1e-8"},
      Preset{"optax", "weight_decay=0.0001", "adamw"},
      Preset{"optax", "amsgrad=corrected", "amsgrad"},
      Preset{"ensmallen", "learning_rate=0.001,epsilon=1e-8,epsilon_hat=true"},
  };

  bool uses_slot(std::size_t slot) const { return slot < 2 || amsgrad != Amsgrad::off; }

  double tail(std::int64_t t) const { return detail::fading_ratio(beta1, beta2, t); }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m, T& v, T& /*largest*/) const {
    m *= static_cast<T>(std::pow(beta1, steps));
    v *= static_cast<T>(std::pow(beta2, steps));
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double t = static_cast<double>(step.t);
    const double c1 = debias_m ? 1 - std::pow(beta1, t) : 1;
    const double next_c1 = debias_m ? 1 - std::pow(beta1, t + 1) : 1;
    const double c2 = debias_v ? 1 - std::pow(beta2, t) : 1;
    const bool largest = amsgrad != Amsgrad::off;
    const bool corrected = amsgrad == Amsgrad::corrected;

    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T keep_v = static_cast<T>(beta2);
    const T take_v = static_cast<T>(1 - beta2);
    const T eta = static_cast<T>(step.learning_rate);
    const T of_m = static_cast<T>(step.learning_rate * (nesterov ? beta1 / next_c1 : 1 / c1));
    const T of_g = static_cast<T>(nesterov ? step.learning_rate * (1 - beta1) / c1 : 0);
    const T before_max = static_cast<T>(corrected ? 1 / c2 : 1);
    const T after_max = static_cast<T>(corrected ? 1 : 1 / c2);
    const T outside = static_cast<T>(epsilon_hat ? epsilon / std::sqrt(c2) : epsilon);
    const T inside = static_cast<T>(epsilon_hat ? epsilon_root / c2 : epsilon_root);
    return [=](T /*theta*/, T g, T& m, T& v, T& x) {
      m = keep_m * m + take_m * g;
      v = keep_v * v + take_v * g * g;
      const T now = before_max * v;
      x = largest ? std::max(x, now) : now;
      const T den = std::sqrt(after_max * x + inside) + outside;
      const bool still = den == T(0);
      return Update<T>{still ? T(0) : (of_m * m + of_g * g) / den, still ? T(0) : eta / den};
    };
  }
};

}  // namespace fallline
