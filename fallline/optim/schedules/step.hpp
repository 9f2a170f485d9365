// SPDX-License-Identifier: Apache-2.0
// Stairs: eta_k = eta gamma^floor(k / every). Widely used since He et al. 2016.
#pragma once

#include <cmath>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct StepDecay {
  static constexpr std::string_view name = "step";
  static constexpr std::string_view cites = "He et al. 2016";
  static constexpr std::string_view summary = "Multiplies the rate by gamma every so many steps.";

  std::int64_t every = 30;
  double gamma = 0.1;

  static constexpr auto fields() {
    return std::array{
        field<&StepDecay::every>("every", Range{1, 1e15}, "steps between two falls"),
        field<&StepDecay::gamma>("gamma", positive, "factor at each fall"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const std::int64_t falls = k / every;
    return base * std::pow(gamma, static_cast<double>(falls));
  }
};

}  // namespace fallline::schedules
