// SPDX-License-Identifier: Apache-2.0
// Prodigy: Adam that finds its own rate, from a lower bound d on the distance to the solution that grows with what the steps have gained.
//   b = sqrt(c2)/c1 if debias, else 1;   D = d eta b;   num <- beta3 num + (d/d0) D <g, theta_0 - theta>
//   m <- beta1 m + (1 - beta1) d g;   v <- beta2 v + (1 - beta2) d^2 g^2;   s <- beta3 s + (d/d0) (D, or d if safeguard_warmup) g
//   d^ = d_coef num/|s|_1;   d' = max(d, d^);   theta <- theta - D lambda theta - D m/(sqrt(v) + d' epsilon);   d <- d'
// Mishchenko & Defazio 2023, Algorithm 4; <,> and |.|_1 run over all tensors. beta3 = sqrt(beta2) where it is 0. growth limits d'/d once d
// has left d0. d_in_denom=old has d below the line. Weight decay is inside, times the rate found. The rate to set is a factor, 1 in
// general.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct Prodigy {
  static constexpr std::string_view name = "prodigy";
  static constexpr std::string_view cites = "Mishchenko & Defazio 2023";
  static constexpr std::string_view summary = "Adam that finds its own rate from how far its steps have led.";
  static constexpr std::size_t slots = 4;   // m, v, s, theta_0
  static constexpr std::size_t totals = 2;  // <g, theta_0 - theta>, |s|_1
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // the rate found knows nothing of the penalty

  enum class Denominator { fresh, old };

  double learning_rate = 1;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double beta3 = 0;
  double epsilon = 1e-8;
  double d0 = 1e-6;
  double d_coef = 1;
  double growth = 0;
  bool debias = false;
  bool safeguard_warmup = false;
  Denominator d_in_denom = Denominator::fresh;

  /// The same for every tensor: d and the largest estimate so far as shares of d0, num.
  static constexpr std::array scalar_starts{1.0, 1.0, 0.0};

  static constexpr auto fields() {
    return std::array{
        field<&Prodigy::learning_rate>("learning_rate", positive, "factor on the rate that is found"),
        field<&Prodigy::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&Prodigy::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&Prodigy::beta3>("beta3", below_one, "share of the old sums for the rate kept; 0 is the root of beta2"),
        field<&Prodigy::epsilon>("epsilon", nonnegative, "added to the root, times the rate found"),
        field<&Prodigy::d0>("d0", positive, "first guess of the rate, below any that is likely"),
        field<&Prodigy::d_coef>("d_coef", positive, "factor on the estimate of the rate"),
        field<&Prodigy::growth>("growth", Range{0, infinity, false, true}, "largest growth of the rate in a step; 0 is no limit"),
        flag<&Prodigy::debias>("debias", "correct the means for their start at zero"),
        flag<&Prodigy::safeguard_warmup>("safeguard_warmup", "leave a scheduled rate out of the sum below the line"),
        choice<&Prodigy::d_in_denom>("d_in_denom", "new|old", "which rate multiplies epsilon"),
    };
  }

  static constexpr std::array presets{Preset{"torch", "learning_rate=1"}, Preset{"optax", "learning_rate=1,debias=true"}};

  bool decays_itself() const { return true; }

  template <class T>
  void measure(Step step, const TensorUpdate<T, slots>& update) const {
    const double d = d0 * update.scalars[0];
    const double share = update.scalars[0];
    const T keep_s = static_cast<T>(kept());
    const T take_s = static_cast<T>(share * (safeguard_warmup ? d : pace(step, d)));
    const T take_m = static_cast<T>((1 - beta1) * d);
    const T take_v = static_cast<T>((1 - beta2) * d * d);
    const auto& [m, v, s, start] = update.slots;
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      const T g = update.gradient[i];
      start[i] = step.t == 1 ? update.theta[i] : start[i];
      m[i] = static_cast<T>(beta1) * m[i] + take_m * g;
      v[i] = static_cast<T>(beta2) * v[i] + take_v * g * g;
      s[i] = keep_s * s[i] + take_s * g;
      update.totals[0] += static_cast<double>(g) * (static_cast<double>(start[i]) - static_cast<double>(update.theta[i]));
      update.totals[1] += std::abs(static_cast<double>(s[i]));
    }
  }

  template <class T>
  double apply(Step step, const TensorUpdate<T, slots>& update) const {
    const double old = d0 * update.scalars[0];
    const double length = pace(step, old);
    grow(update, length);
    const bool moves = update.totals[1] > 0;
    const double found = d0 * update.scalars[0];
    const T rate = static_cast<T>(moves ? length : 0);
    const T decay = static_cast<T>(moves ? length * step.weight_decay : 0);
    const T outside = static_cast<T>((d_in_denom == Denominator::fresh ? found : old) * epsilon);
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      const T den = std::sqrt(update.slots[1][i]) + outside;
      update.gradient[i] = (den == T(0) ? T(0) : rate * update.slots[0][i] / den) + decay * update.theta[i];
    }
    return length;
  }

 private:
  double kept() const { return beta3 > 0 ? beta3 : std::sqrt(beta2); }

  double pace(Step step, double d) const {
    const double t = static_cast<double>(step.t);
    return d * step.learning_rate * (debias ? std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t)) : 1);
  }

  template <class T>
  void grow(const TensorUpdate<T, slots>& update, double length) const {
    double& share = update.scalars[0];
    double& most = update.scalars[1];
    double& gain = update.scalars[2];
    gain = kept() * gain + share * length * update.totals[0];
    if (!(update.totals[1] > 0)) {
      return;
    }
    const double estimate = d_coef * gain / update.totals[1] / d0;
    if (share == 1) {
      share = std::max(share, estimate);
    }
    most = std::max(most, estimate);
    share = std::max(share, growth > 0 ? std::min(most, share * growth) : most);
  }
};

}  // namespace fallline
