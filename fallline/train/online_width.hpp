// SPDX-License-Identifier: Apache-2.0
// How many numbered features (LIBSVM) an endless stream may have cannot be seen from its first rows. Training has room for more, which
// costs nothing where steps touch only what rows have; the model keeps those up to the largest that occurred.
#pragma once

#include <cstddef>

#include "fallline/data/encoder.hpp"
#include "fallline/model/linear.hpp"

namespace fallline {

/// Room for `width` numbered features; nothing changes where there is as much, or no numbered feature.
void widen(Encoder& encoder, std::size_t width);

/// The first `width` features of an encoder of numbered features alone, and their weights in a model without hidden layers; others stay as
/// they are.
void narrow(Encoder& encoder, LinearModel& model, std::size_t width);

}  // namespace fallline
