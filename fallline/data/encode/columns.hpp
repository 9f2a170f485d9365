// SPDX-License-Identifier: Apache-2.0
// What follows from the codings of the columns alone: where their features lie, and whether rows are better kept dense.
#pragma once

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// Sets `first` and `features` of every column and the width of the whole.
void lay_out(Encoder& encoder);

/// Dense where rows are narrow or mostly filled. A matter of the encoder only, so the same data gets the same kernels everywhere.
bool is_dense(const Encoder& encoder);

}  // namespace fallline::encoding
