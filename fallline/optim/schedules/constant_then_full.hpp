// SPDX-License-Identifier: Apache-2.0
// A share of the rate for the first steps, then all of it: eta_k = factor eta for k < total, eta afterwards.
// Goyal et al. 2017, section 2.2 (constant warm-up).
#pragma once

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct ConstantThenFull {
  static constexpr std::string_view name = "constant_then_full";
  static constexpr std::string_view cites = "Goyal et al. 2017";
  static constexpr std::string_view summary = "A share of the rate for the first steps, then all of it.";

  double factor = 1.0 / 3;
  std::int64_t total = 5;

  static constexpr auto fields() {
    return std::array{
        field<&ConstantThenFull::factor>("factor", nonnegative, "share of the rate at first"),
        field<&ConstantThenFull::total>("total", nonnegative, "steps with that share"),
    };
  }

  double rate(std::int64_t k, double base) const { return k < total ? factor * base : base; }
};

}  // namespace fallline::schedules
