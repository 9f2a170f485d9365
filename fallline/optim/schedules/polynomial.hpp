// SPDX-License-Identifier: Apache-2.0
// Polynomial decay to `end`: eta_k = (eta - end) (1 - min(j, T) / T)^power + end with j = k - begin and T = total.
// `cycle` stretches T to the next multiple once k has passed it. Liu, Rabinovich & Berg 2015 ("poly").
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Polynomial {
  static constexpr std::string_view name = "polynomial";
  static constexpr std::string_view cites = "Liu, Rabinovich & Berg 2015";
  static constexpr std::string_view summary = "Falls to `end` by a power of the share of steps left.";

  std::int64_t total = 0;
  double power = 1;
  double end = 0;
  std::int64_t begin = 0;
  bool cycle = false;

  static constexpr auto fields() {
    return std::array{
        field<&Polynomial::total>("total", nonnegative, "length of the decay in steps; 0 is the run"),
        field<&Polynomial::power>("power", positive, "1 is a straight line"),
        field<&Polynomial::end>("end", nonnegative, "rate at the end"),
        field<&Polynomial::begin>("begin", nonnegative, "steps before the decay begins"),
        flag<&Polynomial::cycle>("cycle", "rise again after each end, to a lower peak"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const double j = static_cast<double>(std::max<std::int64_t>(k - begin, 0));
    const double span = static_cast<double>(std::max<std::int64_t>(total, 1));
    const double length = cycle ? span * std::max(1.0, std::ceil(j / span)) : span;
    return (base - end) * std::pow(1 - std::min(j, length) / length, power) + end;
  }
};

}  // namespace fallline::schedules
