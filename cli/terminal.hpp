// SPDX-License-Identifier: Apache-2.0
// What a person sees: lines on stderr, results on stdout, aligned tables, colour only where someone looks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"

namespace fallline::cli {

bool stderr_is_terminal();

/// `text` in bold, or in red, where the stream is a terminal and NO_COLOR is not set; else `text`.
std::string bold_on_stdout(std::string_view text);
std::string red_on_stderr(std::string_view text);

/// A whole line on stderr.
void say(std::string_view line);
/// In place of the line before, on a terminal.
void say_over(std::string_view line);

/// All bytes to stdout; no_room where it is closed or full. Nothing else writes there.
Result<void> print(std::string_view text);

/// Columns as wide as their longest cell, two blanks between; right[i]: that column is flush right. Blanks at line ends are cut.
std::string aligned(std::vector<std::vector<std::string>> rows, const std::vector<bool>& right = {}, std::string_view indent = "  ");

/// `text` in lines of at most `width` characters, each behind `indent` but the first.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 100);

/// Printed width: UTF-8 characters, not bytes.
std::size_t width_of(std::string_view text);

}  // namespace fallline::cli
