// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy, versions 1 to 3: "\x93NUMPY", two bytes of version, the length of the header in 2 (version 1) or 4 bytes, and the header, a
// Python dictionary of descr, fortran_order and shape; then the numbers.
#pragma once

#include "fallline/data/array/array_file.hpp"

namespace fallline {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// Numbers and booleans of any byte order. Text, dates, complex numbers, records and pickled objects are refused with advice.
Result<ArrayFile> read_npy(csv::FileText file);

}  // namespace fallline
