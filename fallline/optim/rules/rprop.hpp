// SPDX-License-Identifier: Apache-2.0
// Rprop: every coordinate has a step length of its own, which grows while its gradient keeps its sign and is halved when it turns.
//   q = g p;   h <- clip(h eta_plus, eta_minus or 1 for q > 0, < 0 or 0; step_min, step_max);   theta <- theta - h sign(g), 0 for q < 0
// Riedmiller & Braun 1993, in the form without weight backtracking (iRprop-, Igel & Huesken 2000); p holds the step just decided, whose
// sign is that of the last gradient, or 0 after a turn. The rate of the first step is the first h; later rates are not read. Asks for full
// gradients: the noise of mini-batches turns signs. backtrack=optax is that library's 0.2.8: each step is taken one call late.
#pragma once

#include <algorithm>

#include "fallline/optim/rule.hpp"

namespace fallline {

struct Rprop {
  static constexpr std::string_view name = "rprop";
  static constexpr std::string_view cites = "Riedmiller & Braun 1993";
  static constexpr std::string_view summary =
      "Every coordinate's step grows while its gradient keeps its sign and shrinks when it turns; full batch only.";
  static constexpr std::size_t slots = 2;  // h, p
  static constexpr bool gradient_descent_like = false;
  static constexpr bool proximal = false;  // a sign does not shrink with the gradient

  enum class Backtrack { skip, optax };

  double learning_rate = 0.01;
  double eta_minus = 0.5;
  double eta_plus = 1.2;
  double step_min = 1e-6;
  double step_max = 50;
  Backtrack backtrack = Backtrack::skip;

  static constexpr auto fields() {
    return std::array{
        field<&Rprop::learning_rate>("learning_rate", positive, "length of each coordinate's first step"),
        field<&Rprop::eta_minus>("eta_minus", Range{0, 1, true, true}, "factor on the length when the gradient turns"),
        field<&Rprop::eta_plus>("eta_plus", Range{1, infinity, false, true}, "factor on the length while it keeps its sign"),
        field<&Rprop::step_min>("step_min", positive, "shortest length"),
        field<&Rprop::step_max>("step_max", positive, "longest length"),
        choice<&Rprop::backtrack>("backtrack", "skip|optax", "after a turn stand still once, or as optax 0.2.8: steps come a call late"),
    };
  }

  static constexpr std::array presets{Preset{"torch", "learning_rate=0.01"}, Preset{"optax", "backtrack=optax"}};

  double tail(std::int64_t /*t*/) const { return 0; }
  template <class T>
  void fade(std::int64_t /*t*/, double /*steps*/, T& /*h*/, T& p) const {
    p = T(0);
  }

  template <class T>
  auto at(Step step, std::span<double> /*scalars*/) const {
    const bool first = step.t == 1;
    const bool late = backtrack == Backtrack::optax;
    const T start = static_cast<T>(step.learning_rate);
    const T grow = static_cast<T>(eta_plus);
    const T shrink = static_cast<T>(eta_minus);
    const T least = static_cast<T>(step_min);
    const T most = static_cast<T>(std::max(step_min, step_max));
    return [=](T /*theta*/, T g, T& h, T& p) {
      const T old = p;
      const T below = g < T(0) ? T(-1) : T(0);
      const T sign = g > T(0) ? T(1) : below;
      const T agreement = sign * old;  // g old, but safe from a product too small for T
      const bool same = agreement > T(0);
      const bool turned = agreement < T(0);
      const T length = first ? start : h;
      const T turn = turned ? length * shrink : length;
      const T wished = same ? length * grow : turn;
      const T low = wished < least ? least : wished;
      const T cut = low > most ? most : low;
      h = late && !same && !turned ? length : cut;
      p = turned ? T(0) : sign * h;
      const T before = turned ? T(0) : old;
      return Update<T>{late ? before : p, h};
    };
  }
};

}  // namespace fallline
