// SPDX-License-Identifier: Apache-2.0
// Text columns whose features are found by hashing: nothing to fit but the frequencies of tf-idf, and a report of collisions.
#pragma once

#include <string>
#include <vector>

#include "fallline/data/encode/statistics.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// Fills the frequencies of `column.hash` where it weighs by them. The note that it gives says how many texts (or words) share a feature.
std::string fit_hashed(const std::vector<std::string>& levels, const Statistics& statistics, EncodedColumn& column);

}  // namespace fallline::encoding
