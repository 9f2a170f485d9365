// SPDX-License-Identifier: Apache-2.0
// The same rate throughout: eta_k = eta. Robbins & Monro 1951 ask for less where the gradient is noisy.
#pragma once

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Constant {
  static constexpr std::string_view name = "constant";
  static constexpr std::string_view cites = "Cauchy 1847";
  static constexpr std::string_view summary = "The same rate throughout.";

  static constexpr std::array<Field<Constant>, 0> fields() { return {}; }

  double rate(std::int64_t /*k*/, double base) const { return base; }
};

}  // namespace fallline::schedules
