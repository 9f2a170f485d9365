// SPDX-License-Identifier: Apache-2.0
// D-Adaptation Adam: Adam that finds its own rate d, a lower bound on the distance to the solution told by how its gradients add up.
//   b = sqrt(c2)/c1 if debias, else 1;   D = d eta b;   w = sqrt(beta2);   a = D <g, s/(sqrt(v) + epsilon)>   with the old s and v
//   m <- beta1 m + (1 - beta1) D g;   v <- beta2 v + (1 - beta2) g^2;   s <- w s + (1 - w) D g;   num <- w num + (1 - w) a
//   theta <- theta - D lambda theta - m/(sqrt(v) + epsilon);   d <- max(d, min(num/((1 - w) |s|_1), d growth))
// Defazio & Mishchenko 2023, Algorithm 5; <,> and |.|_1 run over all tensors. growth = 0 is no limit. Weight decay is inside, times the
// rate found. The rate to set is a factor, 1 in general.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/tensor_rule.hpp"

namespace fallline {

struct DAdaptAdam {
  static constexpr std::string_view name = "dadapt_adam";
  static constexpr std::string_view cites = "Defazio & Mishchenko 2023";
  static constexpr std::string_view summary = "Adam that finds its own rate from how its gradients add up.";
  static constexpr std::size_t slots = 3;   // m, v, s
  static constexpr std::size_t totals = 2;  // <g, s/(sqrt(v) + epsilon)>, |s|_1
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // the rate found knows nothing of the penalty

  double learning_rate = 1;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double d0 = 1e-6;
  double growth = 0;
  bool debias = false;

  static constexpr std::array scalar_starts{1.0, 0.0};  // the same for every tensor: d as a share of d0, num

  static constexpr auto fields() {
    return std::array{
        field<&DAdaptAdam::learning_rate>("learning_rate", positive, "factor on the rate that is found"),
        field<&DAdaptAdam::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&DAdaptAdam::beta2>("beta2", below_one, "share of the old mean square kept"),
        field<&DAdaptAdam::epsilon>("epsilon", nonnegative, "added to the root"),
        field<&DAdaptAdam::d0>("d0", positive, "first guess of the rate, below any that is likely"),
        field<&DAdaptAdam::growth>("growth", nonnegative, "largest growth of the rate in a step; 0 is no limit"),
        flag<&DAdaptAdam::debias>("debias", "correct the means for their start at zero"),
    };
  }

  static constexpr std::array presets{Preset{"torch", "learning_rate=1"}, Preset{"optax", "learning_rate=1,debias=true"}};

  bool decays_itself() const { return true; }

  template <class T>
  void measure(Step step, const TensorUpdate<T, slots>& update) const {
    const double w = std::sqrt(beta2);
    const double length = pace(step, d0 * update.scalars[0]);
    const T take_m = static_cast<T>((1 - beta1) * length);
    const T take_s = static_cast<T>((1 - w) * length);
    const auto& [m, v, s] = update.slots;
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      const T g = update.gradient[i];
      const double den = std::sqrt(static_cast<double>(v[i])) + epsilon;
      update.totals[0] += den > 0 ? static_cast<double>(g) * static_cast<double>(s[i]) / den : 0;
      m[i] = static_cast<T>(beta1) * m[i] + take_m * g;
      v[i] = static_cast<T>(beta2) * v[i] + static_cast<T>(1 - beta2) * g * g;
      s[i] = static_cast<T>(w) * s[i] + take_s * g;
      update.totals[1] += std::abs(static_cast<double>(s[i]));
    }
  }

  template <class T>
  double apply(Step step, const TensorUpdate<T, slots>& update) const {
    const double length = pace(step, d0 * update.scalars[0]);
    const bool moves = update.totals[1] > 0;
    const T decay = static_cast<T>(moves ? length * step.weight_decay : 0);
    for (std::size_t i = 0; i < update.gradient.size(); ++i) {
      const T den = std::sqrt(update.slots[1][i]) + static_cast<T>(epsilon);
      update.gradient[i] = (den == T(0) ? T(0) : update.slots[0][i] / den) + decay * update.theta[i];
    }
    grow(update, length);
    return length;
  }

 private:
  double pace(Step step, double d) const {
    const double t = static_cast<double>(step.t);
    return d * step.learning_rate * (debias ? std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t)) : 1);
  }

  template <class T>
  void grow(const TensorUpdate<T, slots>& update, double length) const {
    const double w = std::sqrt(beta2);
    double& share = update.scalars[0];
    double& gain = update.scalars[1];
    gain = w * gain + (1 - w) * length * update.totals[0];
    if (update.totals[1] > 0) {
      const double estimate = gain / ((1 - w) * update.totals[1]) / d0;
      share = std::max(share, growth > 0 ? std::min(estimate, share * growth) : estimate);
    }
  }
};

}  // namespace fallline
