// SPDX-License-Identifier: Apache-2.0
// JSON text, written member by member in the order given. Numbers that are not finite are null.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fallline::cli {

std::string json_text(std::string_view text);
std::string json_number(double value);

class JsonObject {
 public:
  /// A value that is JSON already.
  JsonObject& raw(std::string_view name, std::string_view json);
  JsonObject& add(std::string_view name, std::string_view text) { return raw(name, json_text(text)); }
  JsonObject& add(std::string_view name, const char* text) { return raw(name, json_text(text)); }
  JsonObject& add(std::string_view name, double value) { return raw(name, json_number(value)); }
  JsonObject& add(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  template <std::integral Whole>
  JsonObject& add(std::string_view name, Whole value) {
    return raw(name, std::to_string(value));
  }

  /// On one line: {"rows": 3}.
  std::string text() const;
  /// A member a line.
  std::string lines() const;

 private:
  std::vector<std::string> members_;
};

/// [a, b] of values that are JSON already.
std::string json_list(const std::vector<std::string>& values);
std::string json_texts(const std::vector<std::string>& texts);
std::string json_numbers(const std::vector<std::int64_t>& numbers);
std::string json_numbers(const std::vector<double>& numbers);
/// Pairs of names and numbers as an object.
std::string json_numbers(const std::vector<std::pair<std::string, double>>& numbers);

/// The members of an object, each value as a person reads it: texts without quotes. Empty where `json` is not an object.
std::vector<std::pair<std::string, std::string>> json_members(const std::string& json);

}  // namespace fallline::cli
