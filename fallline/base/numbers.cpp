// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/numbers.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace fallline {

std::optional<double> parse_double(std::string_view text, bool allow_special) {
  if (!text.empty() && text.front() == '+' && text.size() > 1 && text[1] != '-' && text[1] != '+') {
    text.remove_prefix(1);
  }
  double value = 0;
  const auto [end, fault] = fast_float::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || (!allow_special && !std::isfinite(value))) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::string shortest(double value) { return fmt::format("{}", value); }

std::string brief(double value, int digits) { return fmt::format("{:.{}g}", value, digits); }

std::string grouped(std::int64_t value) {
  std::string text = fmt::format("{}", value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string in_megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t megabyte = 1000000;
  return grouped(static_cast<std::int64_t>(bytes / megabyte + (bytes % megabyte > 0 ? 1 : 0))) + " MB";
}

}  // namespace fallline
