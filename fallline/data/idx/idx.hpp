// SPDX-License-Identifier: Apache-2.0
// IDX, the format of MNIST: two zero bytes, the type of the numbers, the number of axes, each axis' length in 4 bytes, then the numbers;
// all big-endian. LeCun, Cortes & Burges, "The MNIST database of handwritten digits".
#pragma once

#include "fallline/data/array/array_file.hpp"

namespace fallline {

/// Items of several axes (28 x 28 pixels) become one row each.
Result<ArrayFile> read_idx(csv::FileText file);

}  // namespace fallline
