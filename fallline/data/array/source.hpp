// SPDX-License-Identifier: Apache-2.0
// The Source over arrays of numbers: columns c0, c1, ... as in a CSV file without header, and `label` where labels stand in a file of their
// own.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/data/array/array_file.hpp"
#include "fallline/data/source.hpp"

namespace fallline {

/// What the column of a labels file is called.
inline constexpr const char* label_column = "label";

/// Arrays of equally many columns, read one after the other. labels: one number a row of all of them. memory: the
/// ceiling that the source keeps; null: none.
Result<std::unique_ptr<Source>> array_source(std::vector<ArrayFile> arrays, std::optional<ArrayFile> labels, Memory* memory = nullptr);

}  // namespace fallline
