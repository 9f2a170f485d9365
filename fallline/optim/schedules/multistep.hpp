// SPDX-License-Identifier: Apache-2.0
// Falls at chosen steps: eta_k = eta times gamma for each milestone <= k, or times the milestone's own scale.
// He et al. 2016.
#pragma once

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct MultiStep {
  static constexpr std::string_view name = "multistep";
  static constexpr std::string_view cites = "He et al. 2016";
  static constexpr std::string_view summary =
      "Multiplies the rate at each of the steps in milestones=100/200/..., by gamma or by scales=0.5/0.1/....";

  double gamma = 0.1;
  std::vector<double> milestones = {};
  std::vector<double> scales = {};

  static constexpr auto fields() {
    return std::array{field<&MultiStep::gamma>("gamma", positive, "factor at each milestone without a scale")};
  }
  static constexpr auto lists() {
    return std::array{ListField<MultiStep>{"milestones", &MultiStep::milestones, "steps done when the rate falls"},
                      ListField<MultiStep>{"scales", &MultiStep::scales, "factor of each milestone"}};
  }

  double rate(std::int64_t k, double base) const {
    double eta = base;
    for (std::size_t i = 0; i < milestones.size(); ++i) {
      if (milestones[i] <= static_cast<double>(k)) {
        eta *= i < scales.size() ? scales[i] : gamma;
      }
    }
    return eta;
  }
};

}  // namespace fallline::schedules
