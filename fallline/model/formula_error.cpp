// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/formula_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace fallline {

namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// One column a character: what is not printable ASCII becomes '?', so that the mark stands in the right column on every terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!continues_character(c)) {
      out += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return out;
}

}  // namespace

Error formula_error(std::string_view text, std::size_t at, std::string_view what) {
  constexpr std::size_t shown = 40;  // bytes to either side
  at = std::min(at, text.size());
  const std::size_t column = printable(text.substr(0, at)).size();
  const std::size_t first = at > shown ? at - shown : 0;
  const std::string before = (first > 0 ? "..." : "") + printable(text.substr(first, at - first));
  const std::string after = printable(text.substr(at, shown)) + (text.size() - at > shown ? "..." : "");
  return usage_error(fmt::format("formula:{}: {}\n  {}{}\n  {:>{}}", column + 1, what, before, after, '^', before.size() + 1));
}

}  // namespace fallline
