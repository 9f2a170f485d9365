// SPDX-License-Identifier: Apache-2.0
// Whether the rows of a file lie in the order of what is to be predicted. Batches of neighbouring rows are then all of one kind.
#pragma once

#include <string>

#include "fallline/train/plan.hpp"

namespace fallline {

/// A warning where the rows are sorted by the target and the plan's batches do not come from all over the file; else empty.
template <class T>
std::string warning_of_sorted_rows(Problem<T>& problem, const Plan& plan, const TrainOptions& options);

}  // namespace fallline
