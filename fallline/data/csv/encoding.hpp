// SPDX-License-Identifier: Apache-2.0
// Bytes to UTF-8. A file in UTF-8 is read where it lies; any other is converted once when it is opened, so the reader knows one encoding.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline::csv {

/// How many bytes from the start are well-formed UTF-8: all, or up to the first that is not.
std::size_t valid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) { return valid_utf8(text) == text.size(); }

/// The file in UTF-8 without byte order mark. What was noticed goes to `notes`; bytes that the encoding does not know are a data error.
Result<FileText> in_utf8(FileText file, std::optional<TextEncoding> encoding, std::vector<std::string>& notes);

}  // namespace fallline::csv
