// SPDX-License-Identifier: Apache-2.0
// The list of rules. A rule is one file, one word here and one test; every surface derives its names, options and help from this list.
#pragma once

#include "fallline/optim/rules/adabelief.hpp"
#include "fallline/optim/rules/adadelta.hpp"
#include "fallline/optim/rules/adagrad.hpp"
#include "fallline/optim/rules/adam.hpp"
#include "fallline/optim/rules/adamax.hpp"
#include "fallline/optim/rules/adan.hpp"
#include "fallline/optim/rules/asgd.hpp"
#include "fallline/optim/rules/ftrl.hpp"
#include "fallline/optim/rules/lazy_adam.hpp"
#include "fallline/optim/rules/lion.hpp"
#include "fallline/optim/rules/momentum.hpp"
#include "fallline/optim/rules/nadam.hpp"
#include "fallline/optim/rules/radam.hpp"
#include "fallline/optim/rules/rmsprop.hpp"
#include "fallline/optim/rules/rprop.hpp"
#include "fallline/optim/rules/schedule_free_adamw.hpp"
#include "fallline/optim/rules/schedule_free_sgd.hpp"
#include "fallline/optim/rules/sgd.hpp"
#include "fallline/optim/rules/signsgd.hpp"
#include "fallline/optim/rules/sophia.hpp"
#include "fallline/optim/rules/yogi.hpp"
#include "fallline/optim/tensor_rules/adafactor.hpp"
#include "fallline/optim/tensor_rules/dadapt_adam.hpp"
#include "fallline/optim/tensor_rules/lamb.hpp"
#include "fallline/optim/tensor_rules/lars.hpp"
#include "fallline/optim/tensor_rules/muon.hpp"
#include "fallline/optim/tensor_rules/nesterov_convex.hpp"
#include "fallline/optim/tensor_rules/novograd.hpp"
#include "fallline/optim/tensor_rules/prodigy.hpp"
#include "fallline/optim/type_list.hpp"

namespace fallline {

using UpdateRules = TypeList<Sgd, Momentum, AdaGrad, AdaDelta, RmsProp, Adam, NAdam, AdaMax, Yogi, SignSgd, RAdam, AdaBelief, Lion, Rprop,
                             Adan, Ftrl, Asgd, ScheduleFreeSgd, ScheduleFreeAdamW, Sophia, LazyAdam>;
using TensorRules = TypeList<Lars, Lamb, NovoGrad, Adafactor, Muon, Prodigy, DAdaptAdam, NesterovConvex>;

}  // namespace fallline
