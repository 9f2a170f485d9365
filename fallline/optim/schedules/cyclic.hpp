// SPDX-License-Identifier: Apache-2.0
// Triangles between the base rate and a peak: eta_k = eta + (peak - eta) h f with h rising over `up` steps and falling over `down`,
// f = 1 (triangular), 2^(1 - cycle) (triangular2) or gamma^k (exp_range). Smith 2017, section 3. With `cycle_momentum` the momentum goes
// the other way: high - (high - low) h f.
#pragma once

#include <cmath>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Cyclic {
  static constexpr std::string_view name = "cyclic";
  static constexpr std::string_view cites = "Smith 2017";
  static constexpr std::string_view summary = "Triangles between the base rate and a peak.";

  enum class Mode { triangular, triangular2, exp_range };

  double peak = 0;
  std::int64_t up = 2000;
  std::int64_t down = 2000;
  Mode mode = Mode::triangular;
  double gamma = 1;
  bool cycle_momentum = false;
  double momentum_low = 0.8;
  double momentum_high = 0.9;

  static constexpr auto fields() {
    return std::array{
        field<&Cyclic::peak>("peak", nonnegative, "highest rate; 0 is ten times the base rate"),
        field<&Cyclic::up>("up", Range{1, 1e15}, "steps up"),
        field<&Cyclic::down>("down", Range{1, 1e15}, "steps down"),
        choice<&Cyclic::mode>("mode", "triangular|triangular2|exp_range",
                              "height of the triangles: the same, halved each time, or by gamma^k"),
        field<&Cyclic::gamma>("gamma", positive, "factor a step of exp_range"),
        flag<&Cyclic::cycle_momentum>("cycle_momentum", "drive the rule's momentum against the rate"),
        field<&Cyclic::momentum_low>("momentum_low", below_one, "momentum at the peaks of the rate"),
        field<&Cyclic::momentum_high>("momentum_high", below_one, "momentum at the base rate"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const double top = peak > 0 ? peak : 10 * base;
    return base + (top - base) * swing(k);
  }

  double momentum(std::int64_t k) const { return momentum_high - (momentum_high - momentum_low) * swing(k); }

 private:
  /// Between 0 at the base and 1 at the peak.
  double swing(std::int64_t k) const {
    const double length = static_cast<double>(up + down);
    const double cycle = std::floor(static_cast<double>(k) / length);
    const double position = static_cast<double>(k) - cycle * length;
    const double rise = static_cast<double>(up);
    const double height = position <= rise ? position / rise : (length - position) / static_cast<double>(down);
    const double share = mode == Mode::triangular2 ? std::pow(2.0, -cycle)
                         : mode == Mode::exp_range ? std::pow(gamma, static_cast<double>(k))
                                                   : 1;
    return height * share;
  }
};

}  // namespace fallline::schedules
