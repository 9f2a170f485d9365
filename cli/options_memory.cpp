// SPDX-License-Identifier: Apache-2.0
// The ceiling of a run, and where goes what does not fit under it.
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "cli/options_special.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

constexpr std::uint64_t megabyte = std::uint64_t{1} << 20U;

/// Measured on files far larger: 26 MB on a small table; on a large one 102 MB, and 164 MB in double precision. Of it 64 MiB, in float, are
/// the window of rows that are shuffled, which is part of what a seed means and does not shrink with the ceiling.
constexpr std::uint64_t least_memory(bool double_precision) { return 64 * megabyte + 64 * megabyte * (double_precision ? 2 : 1); }

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

Result<void> check_memory(const MemoryRequest& request, bool double_precision) {
  const std::uint64_t least = least_memory(double_precision);
  if (!request.limit || *request.limit >= least) {
    return {};
  }
  return usage_error(
      fmt::format("--memory {0} is less than can be kept to: the program and the rows that it has in hand at a time take up to {1}M{2}, "
                  "however small the file. Pass --memory {1}M or more.",
                  request.text, least / megabyte, double_precision ? " in double precision" : ""));
}

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
      "cache", "on|off|DIR", "rows that do not fit into memory may go to a file; the folder for it", ValueKind::text,
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
