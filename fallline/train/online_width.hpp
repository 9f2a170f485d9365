// SPDX-License-Identifier: Apache-2.0
// Which features an endless stream will have cannot be seen from its first rows. Levels that come later share one, `other`. Of numbered
// features (LIBSVM) there is room for more than were seen, which costs nothing where steps touch only what rows have; the model keeps those
// up to the largest that occurred.
#pragma once

#include <cstddef>

#include "fallline/data/encoder.hpp"
#include "fallline/model/linear.hpp"

namespace fallline {

/// Every text column that is one feature a level has one for levels that it does not know.
void expect_other_levels(Encoder& encoder);

/// Room for `width` numbered features; nothing changes where there is as much, or no numbered feature.
void widen(Encoder& encoder, std::size_t width);

/// The first `width` features of an encoder of numbered features alone, and their weights in a model without hidden layers; others stay as
/// they are.
void narrow(Encoder& encoder, LinearModel& model, std::size_t width);

}  // namespace fallline
