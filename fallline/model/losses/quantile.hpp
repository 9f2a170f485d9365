// SPDX-License-Identifier: Apache-2.0
// Pinball: l = tau r where r = y - p >= 0, else (tau - 1) r; its minimiser is the tau-quantile. Slope at 0 is 0.
#pragma once

#include "fallline/model/loss_concept.hpp"
#include "fallline/model/losses/softened.hpp"

namespace fallline::losses {

struct Quantile {
  static constexpr std::string_view name = "quantile";
  static constexpr std::string_view cites = "Koenker & Bassett 1978, Econometrica 46";
  static constexpr std::string_view summary = "pinball loss, for the tau-quantile";
  static constexpr LossTask task = LossTask::regression;
  static constexpr bool smooth = false;
  static constexpr double curvature = 0;
  static constexpr double degree = 1;
  double tau = 0.5;

  static constexpr auto fields() { return std::array{field<&Quantile::tau>("tau", Range{0, 1, true, true}, "the quantile to predict")}; }

  SoftResidual softened(double width) const { return {-tau, 1 - tau, width}; }

  template <class T>
  LossAt<T> at(T p, T y) const {
    const T r = y - p;
    const T t = T(tau);
    return {r < 0 ? (t - T(1)) * r : t * r, r < 0 ? T(1) - t : (r > 0 ? -t : T(0))};
  }
};

}  // namespace fallline::losses
