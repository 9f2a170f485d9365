// SPDX-License-Identifier: Apache-2.0
// Inverse time: eta_k = eta / (1 + rate k / every), k / every floored by `staircase`.
// The classic for noisy gradients: the rates sum to infinity, their squares do not. Robbins & Monro 1951; Bottou 2012.
#pragma once

#include <cmath>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct InverseTime {
  static constexpr std::string_view name = "inverse_time";
  static constexpr std::string_view cites = "Robbins & Monro 1951; Bottou 2012";
  static constexpr std::string_view summary = "Falls like one over the number of steps.";

  double pace = 1e-3;
  double every = 1;
  bool staircase = false;

  static constexpr auto fields() {
    return std::array{
        field<&InverseTime::pace>("rate", nonnegative, "how fast the rate falls: half after every / rate steps"),
        field<&InverseTime::every>("every", positive, "unit of time, in steps"),
        flag<&InverseTime::staircase>("staircase", "change only once in `every` steps"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const double passed = static_cast<double>(k) / every;
    return base / (1 + pace * (staircase ? std::floor(passed) : passed));
  }
};

}  // namespace fallline::schedules
