// SPDX-License-Identifier: Apache-2.0
// The JSON of a target, every type and range checked as in json.cpp.
#include <algorithm>

#include "fallline/base/field.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/data/encode/json_reader.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline {

namespace {

using Json = nlohmann::json;
using Ordered = nlohmann::ordered_json;
using encoding::damaged;
using encoding::dump;
using Reader = encoding::JsonReader;

void check_classes(Reader& reader, const TargetCoding& target) {
  if (!target.classification) {
    return;
  }
  if (target.classes.size() < 2) {
    reader.fail("has fewer than two classes");
  }
  std::vector<std::string> classes = target.classes;
  const auto number = [](const std::string& text) { return parse_double(text).value_or(infinity); };
  const auto before = [&](const std::string& a, const std::string& b) { return target.numeric ? number(a) < number(b) : a < b; };
  if (classes.size() == 2 && before(classes[1], classes[0])) {
    std::swap(classes[0], classes[1]);  // the positive class stands second
  }
  if (std::adjacent_find(classes.begin(), classes.end(), [&](const auto& a, const auto& b) { return !before(a, b); }) != classes.end()) {
    reader.fail("has classes that are not sorted or not distinct");
  }
  if (target.numeric && std::any_of(classes.begin(), classes.end(), [&](const auto& text) { return number(text) == infinity; })) {
    reader.fail("has classes that are not numbers");
  }
}

void read_more(Reader& reader, std::string& fault, TargetCoding& target) {
  if (!reader.has("more")) {
    return;
  }
  for (const Json& item : reader.list("more")) {
    Reader other(item, "a target", fault);
    target.more.push_back({other.text("name"), other.number("center"), other.number("spread"), other.text("unit")});
  }
}

}  // namespace

std::string target_to_json(const TargetCoding& target) {
  Ordered json = {{"name", target.name},       {"classification", target.classification},
                  {"numeric", target.numeric}, {"classes", target.classes},
                  {"center", target.center},   {"spread", target.spread}};
  if (!target.unit.empty()) {
    json["unit"] = target.unit;
  }
  for (const TargetColumn& other : target.more) {
    json["more"].push_back({{"name", other.name}, {"center", other.center}, {"spread", other.spread}, {"unit", other.unit}});
  }
  return dump(json);
}

Result<TargetCoding> target_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  std::string fault = json.is_discarded() ? "it is not JSON" : "";
  Reader reader(json, "the target", fault);
  TargetCoding target;
  target.name = reader.text("name");
  target.classification = reader.flag("classification");
  target.numeric = reader.flag("numeric");
  target.classes = reader.texts("classes");
  target.center = reader.number("center");
  target.spread = reader.number("spread");
  target.unit = reader.has("unit") ? reader.text("unit") : "";
  read_more(reader, fault, target);
  for (std::size_t k = 0; k < target.count(); ++k) {
    if (!(target.column(k).spread > 0)) {
      reader.fail("has a spread that is not positive");
    }
  }
  if (!target.more.empty() && target.classification) {
    reader.fail("has classes beside other targets");
  }
  if (!target.classification && !target.numeric) {
    reader.fail("is a text that is not a class");
  }
  check_classes(reader, target);
  if (!fault.empty()) {
    return damaged(fault);
  }
  return target;
}

}  // namespace fallline
