// SPDX-License-Identifier: Apache-2.0
// Sophia: momentum divided by a running mean of the Hessian's diagonal, each coordinate's step cut so that a curvature misjudged does no
// harm.
//   m <- beta1 m + (1 - beta1) g;   theta <- theta - eta clip((m/c1) / max(gamma h, epsilon), -clip, clip)
//   then, at t = 1, 1 + interval, ...:   h <- beta2 h + (1 - beta2) e
// Liu et al. 2023, Algorithm 3, with m corrected for its start as in Optax. e estimates the diagonal: what Optimizer::estimate hands over
// (Hutchinson's z * Hz, a sampled Gauss-Newton, or the diagonal itself), else the squared gradient. h = 0 at first, so |step| = eta clip.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct Sophia {
  static constexpr std::string_view name = "sophia";
  static constexpr std::string_view cites = "Liu et al. 2023";
  static constexpr std::string_view summary = "Momentum divided by an estimate of the curvature, each step cut to a longest one.";
  static constexpr std::size_t slots = 3;  // m, h, e
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // a step that is cut does not shrink with the gradient

  double learning_rate = 1e-3;
  double beta1 = 0.965;
  double beta2 = 0.99;
  double epsilon = 1e-8;
  double gamma = 0.01;
  double clip = 1;
  std::int64_t interval = 10;

  static constexpr auto fields() {
    return std::array{
        field<&Sophia::learning_rate>("learning_rate", positive, "longest step of a coordinate, for a clip of one"),
        field<&Sophia::beta1>("beta1", below_one, "share of the old mean gradient kept"),
        field<&Sophia::beta2>("beta2", below_one, "share of the old mean curvature kept"),
        field<&Sophia::epsilon>("epsilon", positive, "least curvature counted with"),
        field<&Sophia::gamma>("gamma", positive, "factor on the curvature; smaller lets more coordinates take the longest step"),
        field<&Sophia::clip>("clip", positive, "where the quotient is cut"),
        field<&Sophia::interval>("interval", Range{1, 1e9}, "steps from one estimate of the curvature to the next"),
    };
  }

  static constexpr std::array presets{Preset{"optax", "gamma=0.01,clip=1,weight_decay=0.0001,decay=decoupled"}};

  std::optional<std::size_t> estimate_slot(std::int64_t t) const {
    return (t - 1) % interval == 0 ? std::optional<std::size_t>(2) : std::nullopt;
  }

  double tail(std::int64_t /*t*/) const {
    const double ratio = beta1 / std::pow(beta2, 1 / static_cast<double>(interval));
    return ratio < 1 ? ratio / (1 - ratio) : infinity;
  }
  template <class T>
  void fade(std::int64_t t, double steps, T& m, T& h, T& /*e*/) const {
    const auto due = [&](double at) { return std::floor((at - 1) / static_cast<double>(interval)); };
    const double at = static_cast<double>(t);
    m *= static_cast<T>(std::pow(beta1, steps));
    h *= static_cast<T>(std::pow(beta2, due(at + steps) - due(at)));
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const bool due = estimate_slot(step.t).has_value();
    const bool given = step.estimated;
    const T keep_m = static_cast<T>(beta1);
    const T take_m = static_cast<T>(1 - beta1);
    const T keep_h = static_cast<T>(due ? beta2 : 1);
    const T take_h = static_cast<T>(due ? 1 - beta2 : 0);
    const T correct = static_cast<T>(1 / (1 - std::pow(beta1, static_cast<double>(step.t))));
    const T eta = static_cast<T>(step.learning_rate);
    const T share = static_cast<T>(gamma);
    const T least = static_cast<T>(epsilon);
    const T most = static_cast<T>(clip);
    return [=](T /*theta*/, T g, T& m, T& h, T& e) {
      m = keep_m * m + take_m * g;
      const T curvature = share * h;
      const T quotient = correct * m / (curvature > least ? curvature : least);
      h = keep_h * h + take_h * (given ? e : g * g);
      const T low = quotient < -most ? -most : quotient;
      return Update<T>{eta * (low > most ? most : low), eta * most};
    };
  }
};

}  // namespace fallline
