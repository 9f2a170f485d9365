// SPDX-License-Identifier: Apache-2.0
// The list of rules. A rule is one file, one word here and one test; every surface derives its names, options and help from this list.
#pragma once

#include "fallline/optim/rules/adadelta.hpp"
#include "fallline/optim/rules/adagrad.hpp"
#include "fallline/optim/rules/adam.hpp"
#include "fallline/optim/rules/adamax.hpp"
#include "fallline/optim/rules/momentum.hpp"
#include "fallline/optim/rules/nadam.hpp"
#include "fallline/optim/rules/rmsprop.hpp"
#include "fallline/optim/rules/sgd.hpp"
#include "fallline/optim/rules/signsgd.hpp"
#include "fallline/optim/rules/yogi.hpp"
#include "fallline/optim/tensor_rules/lars.hpp"
#include "fallline/optim/type_list.hpp"

namespace fallline {

using UpdateRules = TypeList<Sgd, Momentum, AdaGrad, AdaDelta, RmsProp, Adam, NAdam, AdaMax, Yogi, SignSgd>;
using TensorRules = TypeList<Lars>;

}  // namespace fallline
