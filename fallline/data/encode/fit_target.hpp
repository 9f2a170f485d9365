// SPDX-License-Identifier: Apache-2.0
// What a target column asks for: classes or a number, decided from its values unless the task is given.
#pragma once

#include "fallline/data/encoder.hpp"

namespace fallline::encoding {

/// Fills `fitted.target` and says in its notes and warnings how the target was understood.
Result<void> fit_target(Source& source, const Schema& schema, std::size_t column, Task task, const EncoderOptions& options,
                        ThreadPool& pool, FittedEncoder& fitted);

/// "row 3", counted from 1 without the header, as people count.
std::string row_name(std::uint64_t row);

}  // namespace fallline::encoding
