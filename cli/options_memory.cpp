// SPDX-License-Identifier: Apache-2.0
// --memory and --cache.
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "cli/options_special.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

/// "512M" in bytes; K, M, G and T count by 1024, also as KB or KiB. Nothing where it reads otherwise.
std::optional<double> bytes_in(std::string_view text) {
  const std::size_t at = text.find_first_not_of("0123456789.");
  const std::optional<double> number = parse_double(text.substr(0, at));
  std::string_view unit = at == std::string_view::npos ? "" : text.substr(at);
  constexpr std::string_view units = "KMGT";
  const std::size_t power = unit.empty() ? std::string_view::npos : units.find(static_cast<char>(unit.front() & ~0x20));
  if (!number || (!unit.empty() && power == std::string_view::npos)) {
    return std::nullopt;
  }
  unit.remove_prefix(unit.empty() ? 0 : 1);
  if (!unit.empty() && unit != "B" && unit != "iB" && unit != "b") {
    return std::nullopt;
  }
  return *number * std::pow(1024, power == std::string_view::npos ? 0 : static_cast<double>(power) + 1);
}

}  // namespace

void add_memory(OptionList& list, MemoryRequest& to) {
  list.special(
      "memory", "SIZE", "the most memory the run may take, as 512M or 8G; without it half of what is free", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        const std::optional<double> bytes = bytes_in(text);
        if (!bytes || !(*bytes >= 1 && *bytes < 0x1p60)) {
          return bad_value("memory", "a size such as 512M or 8G", text);
        }
        to.limit = static_cast<std::uint64_t>(*bytes);
        to.text = text;
        return {};
      },
      [&to] { return to.text.empty() ? std::nullopt : std::optional(to.text); });
  list.special(
      "cache", "on|off|DIR", "rows that do not fit into memory go to a file, in this folder; off: they are read again", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (text.empty()) {
          return bad_value("cache", "on, off or a folder", text);
        }
        to.cache = text;
        return {};
      },
      [&to] { return std::optional(to.cache); });
}

}  // namespace fallline::cli
