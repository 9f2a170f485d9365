// SPDX-License-Identifier: Apache-2.0
// The verdict on a finished descent: outcome, one sentence, and the evidence that it rests on. `converged` is said only after a test on all
// training rows.
#pragma once

#include "fallline/train/descent.hpp"
#include "fallline/train/plan.hpp"
#include "fallline/train/run.hpp"

namespace fallline {

/// Fills outcome, why, evidence, train_loss and objective of the run.
template <class T>
void pass_verdict(Problem<T>& problem, const Plan& plan, const TrainOptions& options, const Descent<T>& descent, Run& run);

}  // namespace fallline
