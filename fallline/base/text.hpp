// SPDX-License-Identifier: Apache-2.0
// Small text work that every room needs: trimming, splitting, joining, and the nearest known name for one that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fallline {

/// Without blanks and tabs at both ends.
std::string_view trim(std::string_view text);

/// Parts between separators, an empty text has none: "a,,b" -> {"a", "", "b"}.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string join(std::span<const std::string> parts, std::string_view separator);

/// The known name with the fewest edits from `name`, if near enough to be a slip; else empty.
std::string nearest(std::string_view name, std::span<const std::string> known);

/// " Did you mean 'adam'?" or "" — to end an error about a name that is not known.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

/// `text` with control characters escaped, so that it stays on its line: "a\x0ab".
std::string printable(std::string_view text);

/// `text` for an error message: at most `most` bytes, control characters escaped, in single quotes.
std::string quoted(std::string_view text, std::size_t most = 60);

}  // namespace fallline
