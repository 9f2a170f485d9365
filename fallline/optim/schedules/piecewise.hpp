// SPDX-License-Identifier: Apache-2.0
// Given rates between given steps: eta_k = values[number of boundaries b < k]. A boundary itself still has the old value.
// Without values the base rate holds.
#pragma once

#include <algorithm>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Piecewise {
  static constexpr std::string_view name = "piecewise";
  static constexpr std::string_view cites = "Robbins & Monro 1951";
  static constexpr std::string_view summary =
      "The rates values=0.1/0.05/..., changed after the steps boundaries=100/...; the base rate is not used.";

  std::vector<double> boundaries = {};
  std::vector<double> values = {};

  static constexpr std::array<Field<Piecewise>, 0> fields() { return {}; }
  static constexpr auto lists() {
    return std::array{ListField<Piecewise>{"boundaries", &Piecewise::boundaries, "last step done with the old rate"},
                      ListField<Piecewise>{"values", &Piecewise::values, "the rates, one more than boundaries"}};
  }

  double rate(std::int64_t k, double base) const {
    if (values.empty()) {
      return base;
    }
    const auto passed = std::count_if(boundaries.begin(), boundaries.end(), [k](double b) { return static_cast<double>(k) > b; });
    return values[std::min(static_cast<std::size_t>(passed), values.size() - 1)];
  }
};

}  // namespace fallline::schedules
