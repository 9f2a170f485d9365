// SPDX-License-Identifier: Apache-2.0
// Columns that name the rows instead of telling anything of them: a model would learn them by heart, or take their order for a trend.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/data/encode/statistics.hpp"

namespace fallline::encoding {

/// Texts of which nearly every one occurs once: over 100 distinct ones, more than half as many as rows that have one.
bool names_rows(std::uint64_t distinct, std::uint64_t present);

/// Why each of `columns` is taken for the number of its row, "" where it is not: it counts up by one from 0 or 1, or it is named like an
/// id and holds distinct whole numbers. At least 100 rows, none missing.
Result<std::vector<std::string>> row_number_reasons(Source& source, const Schema& schema, const std::vector<std::size_t>& columns,
                                                    ThreadPool& pool);

/// "id", "row_id", "PassengerId", "index", "Unnamed: 0", ...
bool named_like_an_id(std::string_view name);

}  // namespace fallline::encoding
