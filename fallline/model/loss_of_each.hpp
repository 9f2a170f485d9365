// SPDX-License-Identifier: Apache-2.0
// The loss of several targets at once: the mean over the targets of each one's own loss. They are the same loss of the list, but its fields
// may differ where they are told in units of a target (Huber's delta).
#pragma once

#include <memory>
#include <vector>

#include "fallline/model/loss.hpp"

namespace fallline {

/// Its block takes a target for each output, [outputs][rows] as the scores lie.
std::unique_ptr<Loss> loss_of_each(std::vector<std::unique_ptr<Loss>> losses);

}  // namespace fallline
