// SPDX-License-Identifier: Apache-2.0
// The Source over LIBSVM texts; apart from libsvm.hpp so that tests can set the size of the ranges.
#pragma once

#include <memory>
#include <vector>

#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/libsvm.hpp"

namespace fallline::libsvm {

inline constexpr std::size_t default_range_bytes = std::size_t{1} << 20U;

Result<std::unique_ptr<Source>> make_source(std::vector<csv::FileText> files, LibsvmOptions options,
                                            std::size_t range_bytes = default_range_bytes);

}  // namespace fallline::libsvm
