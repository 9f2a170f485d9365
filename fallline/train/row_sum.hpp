// SPDX-License-Identifier: Apache-2.0
// The training rows of a problem as the mean that svrg, saga and sag step on: loss alone, penalties are for the one who steps. With one
// output the sum tells its linear structure, so that a table holds one number a row.
#pragma once

#include "fallline/optim/methods/finite_sum.hpp"
#include "fallline/train/problem.hpp"

namespace fallline {

/// The problem must outlive the sum. Rows are counted from 0 in the order of problem.training_rows().
template <class T>
FiniteSum row_sum(Problem<T>& problem);

}  // namespace fallline
