// SPDX-License-Identifier: Apache-2.0
// Numbers to text and back: the one place where digits are read or written. No locale, no surprise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fallline {

/// The whole of `text` as a number: decimal or scientific, a leading sign (+ or -) allowed, inf and nan only where `allow_special`.
/// Nothing where any character is left over, `text` is empty, or the value overflows.
std::optional<double> parse_double(std::string_view text, bool allow_special = false);

/// The whole of `text` as a whole number.
std::optional<std::int64_t> parse_int(std::string_view text);

/// Shortest text that reads back as the same double: 0.1 -> "0.1".
std::string shortest(double value);

/// `digits` significant digits for a person, without trailing zeros: 0.8512345, 4 -> "0.8512".
std::string brief(double value, int digits = 6);

/// 1234567 -> "1,234,567", for a person.
std::string grouped(std::int64_t value);

/// Bytes for a person, rounded up: 1234567 -> "2 MB".
std::string in_megabytes(std::uint64_t bytes);

}  // namespace fallline
