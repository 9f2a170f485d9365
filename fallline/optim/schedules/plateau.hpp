// SPDX-License-Identifier: Apache-2.0
// Falls when a measure stops improving: after more than `patience` measures in a row that do not beat the best, eta <- max(eta factor,
// min_lr).
//   m beats the best if m < best (1 - threshold) (mode=rel), m < best - threshold (mode=abs)
// For `cooldown` measures after a fall none counts as bad; a fall by less than epsilon is left out. PyTorch's ReduceLROnPlateau. The
// measures are handed over one by one by Schedule::observe (or written out as metrics=5/4/...); the rate of step k + 1 knows the first k of
// them.
#pragma once

#include <algorithm>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Plateau {
  static constexpr std::string_view name = "plateau";
  static constexpr std::string_view cites = "PyTorch, ReduceLROnPlateau";
  static constexpr std::string_view summary = "Multiplies the rate by a factor whenever the loss has stopped improving.";

  enum class Mode { rel, abs };

  double factor = 0.1;
  std::int64_t patience = 10;
  double threshold = 1e-4;
  Mode mode = Mode::rel;
  std::int64_t cooldown = 0;
  double min_lr = 0;
  double epsilon = 1e-8;
  std::vector<double> metrics = {};

  static constexpr auto fields() {
    return std::array{
        field<&Plateau::factor>("factor", Range{0, 1, true, true}, "factor on the rate at each fall"),
        field<&Plateau::patience>("patience", nonnegative, "measures without improvement that are put up with"),
        field<&Plateau::threshold>("threshold", nonnegative, "least improvement that counts"),
        choice<&Plateau::mode>("mode", "rel|abs", "the improvement as a share of the best, or by itself"),
        field<&Plateau::cooldown>("cooldown", nonnegative, "measures after a fall in which none counts as bad"),
        field<&Plateau::min_lr>("min_lr", nonnegative, "least rate"),
        field<&Plateau::epsilon>("epsilon", nonnegative, "least fall of the rate"),
    };
  }
  static constexpr auto lists() { return std::array{ListField<Plateau>{"metrics", &Plateau::metrics, "measures, one a step"}}; }

  void observe(double metric) { metrics.push_back(metric); }

  double rate(std::int64_t k, double base) const {
    const std::size_t known = std::min(metrics.size(), static_cast<std::size_t>(std::max<std::int64_t>(k, 0)));
    double eta = base;
    double best = infinity;
    std::int64_t bad = 0;
    std::int64_t rest = 0;
    for (std::size_t i = 0; i < known; ++i) {
      const bool better = metrics[i] < (mode == Mode::rel ? best * (1 - threshold) : best - threshold);
      best = better ? metrics[i] : best;
      bad = better || rest > 0 ? 0 : bad + 1;
      rest = std::max<std::int64_t>(rest - 1, 0);
      if (bad > patience) {
        const double lower = std::max(eta * factor, min_lr);
        eta = eta - lower > epsilon ? lower : eta;
        rest = cooldown;
        bad = 0;
      }
    }
    return eta;
  }
};

}  // namespace fallline::schedules
