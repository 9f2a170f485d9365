// SPDX-License-Identifier: Apache-2.0
// Half a cosine: eta_k = low + (eta - low) ((1 + cos(pi k / T)) / 2)^exponent, low = end + alpha eta, T = total.
// After T it stays (hold) or rises again (periodic). Loshchilov & Hutter 2016, eq. 5.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct Cosine {
  static constexpr std::string_view name = "cosine";
  static constexpr std::string_view cites = "Loshchilov & Hutter 2016";
  static constexpr std::string_view summary = "Falls along half a cosine: slowly, fast, slowly.";

  enum class After { hold, periodic };

  std::int64_t total = 0;
  double end = 0;
  double alpha = 0;
  double exponent = 1;
  After after = After::hold;

  static constexpr auto fields() {
    return std::array{
        field<&Cosine::total>("total", nonnegative, "length of the fall in steps; 0 is the run"),
        field<&Cosine::end>("end", nonnegative, "rate at the end"),
        field<&Cosine::alpha>("alpha", nonnegative, "rate at the end as a share of the base rate, added to end"),
        field<&Cosine::exponent>("exponent", positive, "power of the cosine; more falls sooner"),
        choice<&Cosine::after>("after", "hold|periodic", "after the fall: stay, or rise again"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const double length = static_cast<double>(std::max<std::int64_t>(total, 1));
    const double at = after == After::hold ? std::min(static_cast<double>(k), length) : static_cast<double>(k);
    const double low = end + alpha * base;
    return low + (base - low) * std::pow((1 + std::cos(std::numbers::pi * at / length)) / 2, exponent);
  }
};

}  // namespace fallline::schedules
