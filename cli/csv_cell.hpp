// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace fallline::cli {

/// `text` as a cell of CSV, in quotes where it has to be.
inline std::string csv_cell(const std::string& text) {
  const bool blank_end = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!text.empty() && !blank_end && text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' ? "\"\"" : std::string(1, c);
  }
  return out + "\"";
}

}  // namespace fallline::cli
