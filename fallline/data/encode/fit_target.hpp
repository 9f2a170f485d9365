// SPDX-License-Identifier: Apache-2.0
// What a target column asks for: classes or a number, decided from its values unless the task is given.
#pragma once

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// Fills `fitted.target` and says in its notes and warnings how the target was understood. Several columns are numbers that are predicted
/// at once; one that would be classes is refused by name.
Result<void> fit_targets(Source& source, const Schema& schema, std::span<const std::size_t> columns, Task task,
                         const EncoderOptions& options, ThreadPool& pool, FittedEncoder& fitted);

/// "row 3", counted from 1 without the header, as people count.
std::string row_name(std::uint64_t row);

}  // namespace fallline::encoding
