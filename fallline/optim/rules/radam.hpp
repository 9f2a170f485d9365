// SPDX-License-Identifier: Apache-2.0
// RAdam: Adam that waits until its mean square can be trusted; until then it steps by momentum alone.
//   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) g^2;   c1 = 1 - beta1^t,  c2 = 1 - beta2^t
//   rho_t > threshold:  theta <- theta - eta r (m/c1) / ((sqrt(v) + epsilon)/sqrt(c2));   else  theta <- theta - eta m/c1
// Liu et al. 2019, Algorithm 2; rho_t and r are those of detail/rectify.hpp. epsilon_hat=false: sqrt(v/c2 + epsilon_root) + epsilon below
// the line. strict: > as above, else >=. warm=none stands still until then. nesterov is Adam's.
#pragma once

#include <cmath>

#include "fallline/optim/detail/fading.hpp"
#include "fallline/optim/detail/rectify.hpp"
#include "fallline/optim/rule.hpp"

namespace fallline {

struct RAdam {
  static constexpr std::string_view name = "radam";
  static constexpr std::string_view cites = "Liu et al. 2019";
  static constexpr std::string_view summary = "Adam that steps by momentum alone until its mean square can be trusted.";
  static constexpr std::size_t slots = 2;  // m, v
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = true;

  enum class Warm { momentum, none };

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double epsilon_root = 0;
  bool epsilon_hat = true;
  double threshold = 5;
  bool strict = true;
  bool nesterov = false;
  Warm warm = Warm::momentum;

  static constexpr auto fields() {
    return std::array{
        field<&RAdam::learning_rate>("learning_rate", positive, "about the longest step of a coordinate, once rectified"),
        field<&RAdam::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&RAdam::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&RAdam::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&RAdam::epsilon_root>("epsilon_root", nonnegative, "added under the root"),
        flag<&RAdam::epsilon_hat>("epsilon_hat", "add epsilon to the root before its bias is corrected"),
        field<&RAdam::threshold>("threshold", nonnegative, "length of the average from which the mean square is used; at least 4"),
        flag<&RAdam::strict>("strict", "the length must be above the threshold, not at it"),
        flag<&RAdam::nesterov>("nesterov", "look ahead: weigh the newest gradient once more"),
        choice<&RAdam::warm>("warm", "momentum|none", "what is done until then: steps by momentum, or none"),
    };
  }

  static constexpr std::array presets{
      Preset{"torch", "learning_rate=0.001,epsilon=1e-8,epsilon_hat=true,strict=true"},
      Preset{"optax", "epsilon=1e-8,epsilon_hat=false,strict=false"},
  };

  bool trusts(std::int64_t t) const {
    const auto [length, factor] = detail::rectify(beta2, t);
    return factor > 0 && (strict ? length > threshold : length >= threshold);
  }

  double tail(std::int64_t t) const { return trusts(t) ? detail::fading_ratio(beta1, beta2, t) : infinity; }
  template <class T>
  void fade(std::int64_t /*t*/, double steps, T& m, T& v) const {
    m *= static_cast<T>(std::pow(beta1, steps));
    v *= static_cast<T>(std::pow(beta2, steps));
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const double t = static_cast<double>(step.t);
    const double c1 = 1 - std::pow(beta1, t);
    const double c2 = 1 - std::pow(beta2, t);
    const double factor = detail::rectify(beta2, step.t).factor;
    const bool trusted = trusts(step.t);
    const double rate = step.learning_rate * (trusted ? factor : warm == Warm::momentum ? 1 : 0);

    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T keep_v = static_cast<T>(beta2);
    const T take_v = static_cast<T>(1 - beta2);
    const T eta = static_cast<T>(rate);
    const T of_m = static_cast<T>(rate * (nesterov ? beta1 / (1 - std::pow(beta1, t + 1)) : 1 / c1));
    const T of_g = static_cast<T>(nesterov ? rate * (1 - beta1) / c1 : 0);
    const T scale = static_cast<T>(1 / c2);
    const T outside = static_cast<T>(epsilon_hat ? epsilon / std::sqrt(c2) : epsilon);
    const T inside = static_cast<T>(epsilon_hat ? epsilon_root / c2 : epsilon_root);
    return [=](T /*theta*/, T g, T& m, T& v) {
      m = keep_m * m + take_m * g;
      v = keep_v * v + take_v * g * g;
      const T root = std::sqrt(scale * v + inside) + outside;
      const T den = trusted ? root : T(1);
      const bool still = den == T(0);
      return Update<T>{still ? T(0) : (of_m * m + of_g * g) / den, still ? T(0) : eta / den};
    };
  }
};

}  // namespace fallline
