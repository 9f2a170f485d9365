// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/field.hpp"

#include <fmt/format.h>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline {

namespace {

std::string words(std::string_view choices) {
  std::string out;
  const auto parts = split(choices, '|');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += i == 0 ? "" : (i + 1 == parts.size() ? " or " : ", ");
    out += parts[i];
  }
  return out;
}

std::string end_of(double x) { return std::isinf(x) ? (x < 0 ? "-inf" : "inf") : shortest(x); }

Error refused(const FieldInfo& info, std::string_view text) {
  return usage_error(fmt::format("{} takes {}, not {}.", info.name, allowed(info), quoted(text)));
}

}  // namespace

std::string allowed(const FieldInfo& info) {
  switch (info.kind) {
    case FieldKind::flag:
      return "true or false";
    case FieldKind::choice:
      return words(info.choices);
    default:
      break;
  }
  const std::string noun = info.kind == FieldKind::integer ? "a whole number" : "a number";
  if (std::isinf(info.range.low) && std::isinf(info.range.high)) {
    return noun;
  }
  return fmt::format("{} in {}{}, {}{}", noun, info.range.low_open ? '(' : '[', end_of(info.range.low), end_of(info.range.high),
                     info.range.high_open ? ')' : ']');
}

std::string format_field(const FieldInfo& info, double value) {
  if (info.kind == FieldKind::flag) {
    return value != 0 ? "true" : "false";
  }
  if (info.kind == FieldKind::choice) {
    return std::string(split(info.choices, '|').at(static_cast<std::size_t>(value)));
  }
  return shortest(value);
}

Result<double> parse_field(const FieldInfo& info, std::string_view text) {
  switch (info.kind) {
    case FieldKind::flag:
      if (text == "true" || text == "on" || text == "1" || text == "True") {
        return 1.0;
      }
      if (text == "false" || text == "off" || text == "0" || text == "False") {
        return 0.0;
      }
      return refused(info, text);
    case FieldKind::choice: {
      const auto parts = split(info.choices, '|');
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i] == text) {
          return static_cast<double>(i);
        }
      }
      return refused(info, text);
    }
    case FieldKind::integer: {
      const auto value = parse_int(text);
      if (!value || !info.range.holds(static_cast<double>(*value))) {
        return refused(info, text);
      }
      return static_cast<double>(*value);
    }
    case FieldKind::real:
      break;
  }
  const auto value = parse_double(text);
  if (!value || !info.range.holds(*value)) {
    return refused(info, text);
  }
  return *value;
}

Result<std::vector<Setting>> parse_settings(std::string_view text) {
  std::vector<Setting> settings;
  for (const std::string_view part : split(text, ',')) {
    const auto at = part.find('=');
    const std::string_view name = trim(part.substr(0, at));
    if (name.empty()) {
      return usage_error(fmt::format("{} has an empty setting; write name=value, separated by commas.", quoted(text)));
    }
    settings.push_back({std::string(name), at == std::string_view::npos ? "true" : std::string(trim(part.substr(at + 1)))});
  }
  return settings;
}

Error unknown_option(std::string_view owner, std::string_view name, const std::vector<std::string>& known) {
  return usage_error(fmt::format("{} has no option {}.{} It has{}.", owner, quoted(name), did_you_mean(name, known),
                                 known.empty() ? std::string(" none") : ": " + join(known, ", ")));
}

}  // namespace fallline
