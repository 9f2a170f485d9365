// SPDX-License-Identifier: Apache-2.0
// The list of losses. A name that stands here appears in the command line, its help, `list losses` and the tests.
#pragma once

#include <variant>

#include "fallline/model/losses/absolute.hpp"
#include "fallline/model/losses/cross_entropy.hpp"
#include "fallline/model/losses/hinge.hpp"
#include "fallline/model/losses/huber.hpp"
#include "fallline/model/losses/logistic.hpp"
#include "fallline/model/losses/perceptron.hpp"
#include "fallline/model/losses/poisson.hpp"
#include "fallline/model/losses/quantile.hpp"
#include "fallline/model/losses/softened.hpp"
#include "fallline/model/losses/squared.hpp"
#include "fallline/model/losses/squared_hinge.hpp"

namespace fallline::losses {

using Any = std::variant<Squared, Absolute, Huber, Quantile, Poisson, Logistic, CrossEntropy, Hinge, SquaredHinge, Perceptron, SoftResidual,
                         SoftMargin>;

/// The first of them; those after it are made by others and have no name that a user could give.
inline constexpr std::size_t listed = std::variant_size_v<Any> - 2;

}  // namespace fallline::losses

namespace fallline {

/// f(the loss that `any` holds). std::visit could throw, which this floor must not.
template <std::size_t index = 0, class F>
auto visit_loss(const losses::Any& any, F&& f) {
  if constexpr (index + 1 < std::variant_size_v<losses::Any>) {
    if (any.index() != index) {
      return visit_loss<index + 1>(any, f);
    }
  }
  return f(*std::get_if<index>(&any));
}

}  // namespace fallline
