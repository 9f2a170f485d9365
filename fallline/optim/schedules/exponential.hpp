// SPDX-License-Identifier: Apache-2.0
// Exponential decay: eta_k = eta gamma^((k - begin) / every), the exponent floored by `staircase`, never past `floor`.
// Widely used; the rate halves in every * log(1/2) / log(gamma) steps.
#pragma once

#include <algorithm>
#include <cmath>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Exponential {
  static constexpr std::string_view name = "exponential";
  static constexpr std::string_view cites = "Bottou 2012";
  static constexpr std::string_view summary = "Multiplies the rate by the same factor each step.";

  double gamma = 0.99;
  double every = 1;
  bool staircase = false;
  std::int64_t begin = 0;
  double floor = 0;

  static constexpr auto fields() {
    return std::array{
        field<&Exponential::gamma>("gamma", positive, "factor over `every` steps"),
        field<&Exponential::every>("every", positive, "steps in which the rate changes by gamma"),
        flag<&Exponential::staircase>("staircase", "change only once in `every` steps"),
        field<&Exponential::begin>("begin", nonnegative, "steps before the decay begins"),
        field<&Exponential::floor>("floor", nonnegative, "the rate does not pass this value; 0 is off"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const double passed = static_cast<double>(std::max<std::int64_t>(k - begin, 0)) / every;
    const double eta = base * std::pow(gamma, staircase ? std::floor(passed) : passed);
    return floor == 0 ? eta : gamma < 1 ? std::max(eta, floor) : std::min(eta, floor);
  }
};

}  // namespace fallline::schedules
