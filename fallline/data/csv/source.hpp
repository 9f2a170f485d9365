// SPDX-License-Identifier: Apache-2.0
// The Source over CSV texts; apart from csv.hpp so that tests can set the size of the ranges.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fallline/data/csv.hpp"
#include "fallline/data/csv/dialect.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline::csv {

inline constexpr std::size_t default_range_bytes = std::size_t{1} << 20U;

Result<std::unique_ptr<Source>> make_source(std::vector<FileText> files, CsvOptions options, std::size_t range_bytes = default_range_bytes);

}  // namespace fallline::csv
