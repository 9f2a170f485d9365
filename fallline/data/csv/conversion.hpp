// SPDX-License-Identifier: Apache-2.0
// Bytes to UTF-8. A file in UTF-8 is read where it lies; any other is converted once when it is opened, block by block, so the reader knows
// one encoding.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/csv/encoding.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline::csv {

/// The file in UTF-8 without byte order mark. What was noticed goes to `notes`; bytes that the encoding does not know are a data error.
/// memory: what the converted text may take, else it goes to a scratch file; null: any.
Result<FileText> in_utf8(FileText file, std::optional<TextEncoding> encoding, Memory* memory, std::vector<std::string>& notes);

}  // namespace fallline::csv
