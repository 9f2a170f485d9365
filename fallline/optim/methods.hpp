// SPDX-License-Identifier: Apache-2.0
// The list of methods: what steps by asking for the objective itself.
#pragma once

#include "fallline/optim/methods/barzilai_borwein.hpp"
#include "fallline/optim/methods/l_bfgs.hpp"
#include "fallline/optim/methods/lookahead_nesterov.hpp"
#include "fallline/optim/methods/sag.hpp"
#include "fallline/optim/methods/saga.hpp"
#include "fallline/optim/methods/svrg.hpp"
#include "fallline/optim/objective.hpp"
#include "fallline/optim/type_list.hpp"

namespace fallline {

using Methods = TypeList<LBfgs, BarzilaiBorwein, LookaheadNesterov>;

/// Those that need the rows of a mean one by one (methods/finite_sum.hpp).
using SumMethods = TypeList<Svrg, Saga, Sag>;

/// "finite-sum method" for those of SumMethods.
template <class M>
OptimizerInfo describe_method(const M& method) {
  OptimizerInfo info;
  info.name = M::name;
  info.kind = SumMethods::index_of<M>() < SumMethods::size ? "finite-sum method" : "method";
  info.cites = M::cites;
  info.summary = M::summary;
  info.learning_rate = method.learning_rate;
  info.gradient_descent_like = M::gradient_descent_like;
  info.proximal = false;
  info.fields = field_values(method);
  return info;
}

}  // namespace fallline
