// SPDX-License-Identifier: Apache-2.0
// The list of schedules. A schedule is one file, one word here and one test.
#pragma once

#include "fallline/optim/schedules/constant.hpp"
#include "fallline/optim/schedules/constant_then_full.hpp"
#include "fallline/optim/schedules/cosine.hpp"
#include "fallline/optim/schedules/cosine_restarts.hpp"
#include "fallline/optim/schedules/cyclic.hpp"
#include "fallline/optim/schedules/exponential.hpp"
#include "fallline/optim/schedules/inverse_time.hpp"
#include "fallline/optim/schedules/linear.hpp"
#include "fallline/optim/schedules/multistep.hpp"
#include "fallline/optim/schedules/one_cycle.hpp"
#include "fallline/optim/schedules/piecewise.hpp"
#include "fallline/optim/schedules/plateau.hpp"
#include "fallline/optim/schedules/polynomial.hpp"
#include "fallline/optim/schedules/step.hpp"
#include "fallline/optim/schedules/warmup_cosine.hpp"
#include "fallline/optim/type_list.hpp"

namespace fallline {

using Schedules =
    TypeList<schedules::Constant, schedules::ConstantThenFull, schedules::StepDecay, schedules::MultiStep, schedules::Piecewise,
             schedules::Exponential, schedules::InverseTime, schedules::Polynomial, schedules::Linear, schedules::Cosine,
             schedules::WarmupCosine, schedules::CosineRestarts, schedules::OneCycle, schedules::Cyclic, schedules::Plateau>;

}  // namespace fallline
