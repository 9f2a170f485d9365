// SPDX-License-Identifier: Apache-2.0
// The names of encodings of text, and whether bytes are UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fallline/data/csv.hpp"

namespace fallline::csv {

/// All of them, with commas between.
std::string encoding_names();

/// How many bytes from the start are well-formed UTF-8: all, or up to the first that is not.
std::size_t valid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) { return valid_utf8(text) == text.size(); }

}  // namespace fallline::csv
