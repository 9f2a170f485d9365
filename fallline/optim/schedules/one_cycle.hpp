// SPDX-License-Identifier: Apache-2.0
// One cycle: from peak/div up to peak, and down to peak/(div final_div), by cosines or straight lines; `three_phase` comes back to
// peak/div before the last fall. Smith & Topin 2018. With `cycle_momentum` the momentum goes the other way, from momentum_high down to
// momentum_low at the peak and back up. `form` places the corners as other libraries do:
//   torch         pct_start T - 1, (2 pct_start T - 2,) T - 1
//   optax_linear  floor(pct_start T), floor(pct_final T) (back at peak/div), T
//   optax_cosine  floor(pct_start T), T
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct OneCycle {
  static constexpr std::string_view name = "one_cycle";
  static constexpr std::string_view cites = "Smith & Topin 2018";
  static constexpr std::string_view summary = "Up to a high peak and down to almost nothing, once.";

  enum class Shape { cos, linear };
  enum class Form { torch, optax_linear, optax_cosine };

  std::int64_t total = 0;
  double peak = 0;
  double pct_start = 0.3;
  double pct_final = 0.85;
  double div = 25;
  double final_div = 1e4;
  Shape shape = Shape::cos;
  Form form = Form::torch;
  bool three_phase = false;
  bool cycle_momentum = false;
  double momentum_low = 0.85;
  double momentum_high = 0.95;

  static constexpr auto fields() {
    return std::array{
        field<&OneCycle::total>("total", nonnegative, "length of the cycle in steps; 0 is the run"),
        field<&OneCycle::peak>("peak", nonnegative, "highest rate; 0 is the base rate"),
        field<&OneCycle::pct_start>("pct_start", unit, "share of the cycle spent rising"),
        field<&OneCycle::pct_final>("pct_final", unit, "share of the cycle before the last fall (optax_linear)"),
        field<&OneCycle::div>("div", positive, "the first rate is peak / div"),
        field<&OneCycle::final_div>("final_div", positive, "the last rate is peak / div / final_div"),
        choice<&OneCycle::shape>("shape", "cos|linear", "way between the corners"),
        choice<&OneCycle::form>("form", "torch|optax_linear|optax_cosine", "where the corners lie"),
        flag<&OneCycle::three_phase>("three_phase", "come back to the first rate before the last fall"),
        flag<&OneCycle::cycle_momentum>("cycle_momentum", "drive the rule's momentum against the rate"),
        field<&OneCycle::momentum_low>("momentum_low", below_one, "momentum at the peak of the rate"),
        field<&OneCycle::momentum_high>("momentum_high", below_one, "momentum at both ends"),
    };
  }

  double rate(std::int64_t k, double base) const {
    const double top = peak > 0 ? peak : base;
    const double low = top / div;
    const double last = low / final_div;
    const bool comes_back = form == Form::optax_linear || (form == Form::torch && three_phase);
    return between(k, {low, top, comes_back ? low : last, last});
  }

  double momentum(std::int64_t k) const { return between(k, {momentum_high, momentum_low, momentum_high, momentum_high}); }

 private:
  /// At step k, on the way from level to level: one at each corner.
  double between(std::int64_t k, const std::array<double, 4>& levels) const {
    const double length = static_cast<double>(std::max<std::int64_t>(total, 1));
    const double rise = pct_start * length;
    std::array<double, 4> corners{0, std::floor(rise), length, length};
    if (form == Form::optax_linear) {
      corners[2] = std::floor(pct_final * length);
    } else if (form == Form::torch) {
      corners = {0, rise - 1, three_phase ? 2 * rise - 2 : length - 1, length - 1};
    }
    const double at = static_cast<double>(k);
    for (std::size_t i = 1; i < corners.size(); ++i) {
      const double start = levels[i - 1];
      const double end = levels[i];
      if (at <= corners[i] && corners[i] > corners[i - 1]) {
        const double share = (at - corners[i - 1]) / (corners[i] - corners[i - 1]);
        return shape == Shape::linear ? start + (end - start) * share : end + (start - end) * (1 + std::cos(std::numbers::pi * share)) / 2;
      }
    }
    return levels.back();
  }
};

}  // namespace fallline::schedules
