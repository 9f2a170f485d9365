// SPDX-License-Identifier: Apache-2.0
// Barzilai-Borwein: gradient descent whose step length is the inverse curvature seen along the last step.
//   s = theta - theta_before, y = g - g_before;   alpha = <s, s>/<s, y> (long)   or   <s, y>/<y, y> (short);   theta <- theta - alpha g
// Barzilai & Borwein 1988, eqs. 5 and 6. The value may rise for a while, so the length is halved only while the new value is not below the
// highest of the last ten by a share of the slope (Grippo, Lampariello & Lucidi 1986; Raydan 1997). The first step, and any after negative
// curvature, has the length learning_rate / |g|.
#pragma once

#include <memory>

#include "fallline/optim/objective.hpp"

namespace fallline {

struct BarzilaiBorwein {
  static constexpr std::string_view name = "barzilai_borwein";
  static constexpr std::string_view cites = "Barzilai & Borwein 1988; Raydan 1997";
  static constexpr std::string_view summary =
      "Gradient descent with the inverse curvature of the last step as its length; full batch only.";
  static constexpr bool gradient_descent_like = false;

  enum class Form { longer, shorter };

  double learning_rate = 1;
  Form form = Form::longer;

  static constexpr auto fields() {
    return std::array{
        field<&BarzilaiBorwein::learning_rate>("learning_rate", positive, "length of the first step"),
        choice<&BarzilaiBorwein::form>("form", "long|short", "which of the two lengths: <s,s>/<s,y> or <s,y>/<y,y>"),
    };
  }

  std::unique_ptr<Method> make(OptimizerInfo info) const;
};

}  // namespace fallline
