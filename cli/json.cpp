// SPDX-License-Identifier: Apache-2.0
#include "cli/json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

std::string json_text(std::string_view text) {
  // A file may hold bytes that are not UTF-8; JSON may not.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_number(double value) { return std::isfinite(value) ? shortest(value) : "null"; }

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  members_.push_back(fmt::format("{}: {}", json_text(name), json));
  return *this;
}

std::string JsonObject::text() const { return "{" + join(members_, ", ") + "}"; }

std::string JsonObject::lines() const { return members_.empty() ? "{}\n" : "{\n  " + join(members_, ",\n  ") + "\n}\n"; }

std::string json_list(const std::vector<std::string>& values) { return "[" + join(values, ", ") + "]"; }

std::string json_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> values;
  for (const std::string& text : texts) {
    values.push_back(json_text(text));
  }
  return json_list(values);
}

std::string json_numbers(const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> values;
  for (const std::int64_t number : numbers) {
    values.push_back(std::to_string(number));
  }
  return json_list(values);
}

std::string json_numbers(const std::vector<double>& numbers) {
  std::vector<std::string> texts;
  for (const double number : numbers) {
    texts.push_back(json_number(number));
  }
  return json_list(texts);
}

std::string json_numbers(const std::vector<std::pair<std::string, double>>& numbers) {
  JsonObject object;
  for (const auto& [name, value] : numbers) {
    object.add(name, value);
  }
  return object.text();
}

std::vector<std::pair<std::string, std::string>> json_members(const std::string& json) {
  const auto object = nlohmann::ordered_json::parse(json, nullptr, false);
  std::vector<std::pair<std::string, std::string>> members;
  if (!object.is_object()) {
    return members;
  }
  for (const auto& [name, value] : object.items()) {
    members.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return members;
}

}  // namespace fallline::cli
