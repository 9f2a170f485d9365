// SPDX-License-Identifier: Apache-2.0
// The JSON of encoder and target. What is read comes from a file that anyone may have touched, so every type and range is checked.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "fallline/base/field.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline {

namespace {

using Json = nlohmann::json;
using Ordered = nlohmann::ordered_json;

/// Reads members of one object; the first fault is kept, and what follows it reads as nothing.
class Reader {
 public:
  Reader(const Json& object, std::string where, std::string& fault) : object_(object), where_(std::move(where)), fault_(fault) {
    if (!object.is_object()) {
      fail("is not an object");
    }
  }

  bool flag(const char* key) {
    const Json* value = member(key, &Json::is_boolean, "true or false");
    return value != nullptr && *value->get_ptr<const bool*>();
  }

  double number(const char* key) {
    const Json* value = member(key, &Json::is_number, "a number");
    const double x = value != nullptr ? value->get<double>() : 0;
    if (!std::isfinite(x)) {
      fail(fmt::format("has a {} that is not finite", key));
    }
    return x;
  }

  std::string text(const char* key) {
    const Json* value = member(key, &Json::is_string, "a text");
    return value != nullptr ? *value->get_ptr<const std::string*>() : std::string();
  }

  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> texts;
    for (const Json& item : list(key)) {
      if (!item.is_string()) {
        fail(fmt::format("has a {} with something else than texts", key));
        return {};
      }
      texts.push_back(*item.get_ptr<const std::string*>());
    }
    return texts;
  }

  const Json& list(const char* key) {
    static const Json nothing = Json::array();
    const Json* value = member(key, &Json::is_array, "a list");
    return value != nullptr ? *value : nothing;
  }

  void fail(const std::string& what) {
    if (fault_.empty()) {
      fault_ = where_ + " " + what;
    }
  }

 private:
  const Json* member(const char* key, bool (Json::*is)() const noexcept, const char* kind) {
    if (!object_.is_object()) {
      return nullptr;
    }
    const auto found = object_.find(key);
    if (found == object_.end() || !((*found).*is)()) {
      fail(fmt::format("has no {} that is {}", key, kind));
      return nullptr;
    }
    return &*found;
  }

  const Json& object_;
  std::string where_;
  std::string& fault_;
};

Error damaged(const std::string& what) {
  return data_error(fmt::format(
      "The description of the columns in the model is damaged: {}. The file was not written by this program, or was changed.", what));
}

Ordered number_json(const NumberCoding& coding) {
  return {{"type", "number"},           {"center", coding.center},       {"scale", coding.scale},
          {"impute", coding.impute},    {"indicator", coding.indicator}, {"wide", coding.wide},
          {"constant", coding.constant}};
}

Ordered text_json(const TextCoding& coding) {
  return {{"type", "text"}, {"levels", coding.levels}, {"other", coding.other}, {"missing", coding.missing}};
}

/// Texts are UTF-8 (sources see to it); should one not be, it is replaced rather than the program ended.
std::string dump(const Ordered& json) { return json.dump(-1, ' ', false, Ordered::error_handler_t::replace); }

bool strictly_ascending(const std::vector<std::string>& texts) {
  return std::adjacent_find(texts.begin(), texts.end(), std::greater_equal<>()) == texts.end();
}

EncodedColumn read_column(const Json& json, std::size_t i, std::string& fault) {
  Reader reader(json, fmt::format("column {}", i), fault);
  EncodedColumn column;
  column.name = reader.text("name");
  const std::string type = reader.text("type");
  if (type == "number") {
    column.number = {reader.number("center"),  reader.number("scale"), reader.number("impute"),
                     reader.flag("indicator"), reader.flag("wide"),    reader.flag("constant")};
    if (!(column.number.scale > 0)) {
      reader.fail("has a scale that is not positive");
    }
  } else if (type == "text") {
    column.type = ColumnType::text;
    column.text = {reader.texts("levels"), reader.flag("other"), reader.flag("missing")};
    if (!strictly_ascending(column.text.levels)) {
      reader.fail("has levels that are not sorted or not distinct");
    }
  } else {
    reader.fail(fmt::format("has the type {}, which is not known", fallline::quoted(type)));
  }
  return column;
}

Ordered matrix_json(const MatrixCoding& coding) {
  return {{"width", coding.width},
          {"first_number", coding.first_number},
          {"scale", coding.scale},
          {"wide", coding.wide},
          {"filled", coding.filled}};
}

MatrixCoding read_matrix(const Json& json, std::string& fault) {
  Reader reader(json, "the matrix", fault);
  MatrixCoding coding;
  const double width = reader.number("width");
  const double first = reader.number("first_number");
  const double filled = reader.number("filled");
  coding.wide = reader.flag("wide");
  for (const Json& item : reader.list("scale")) {
    coding.scale.push_back(item.is_number() ? item.get<double>() : 0);
  }
  if (!(width >= 1 && width <= static_cast<double>(widest_matrix)) || width != std::floor(width) || (first != 0 && first != 1) ||
      !(filled >= 0 && filled <= width) || filled != std::floor(filled)) {
    reader.fail("has a width, a first number or a filling that cannot be");
    return coding;
  }
  coding.width = static_cast<std::size_t>(width);
  coding.first_number = static_cast<std::uint32_t>(first);
  coding.filled = static_cast<std::size_t>(filled);
  const bool good = std::all_of(coding.scale.begin(), coding.scale.end(), [](double x) { return std::isfinite(x) && x > 0; });
  if (!good || (!coding.scale.empty() && coding.scale.size() != coding.width)) {
    reader.fail("has a scale that is not one positive number a feature");
  }
  return coding;
}

void check_classes(Reader& reader, const TargetCoding& target) {
  if (!target.classification) {
    return;
  }
  if (target.classes.size() < 2) {
    reader.fail("has fewer than two classes");
  }
  if (!target.numeric && !strictly_ascending(target.classes)) {
    reader.fail("has classes that are not sorted or not distinct");
  }
  double last = -infinity;
  for (std::size_t i = 0; target.numeric && i < target.classes.size(); ++i) {
    const auto value = parse_double(target.classes[i]);
    if (!value || !(*value > last)) {
      reader.fail("has classes that are not ascending numbers");
      return;
    }
    last = *value;
  }
}

}  // namespace

std::string encoder_to_json(const Encoder& encoder) {
  Ordered columns = Ordered::array();
  for (const EncodedColumn& column : encoder.columns) {
    Ordered json = {{"name", column.name}};
    json.update(holds_numbers(column.type) ? number_json(column.number) : text_json(column.text));
    columns.push_back(std::move(json));
  }
  Ordered json = {{"columns", std::move(columns)}, {"missing", encoder.missing}};
  if (encoder.matrix) {
    json["matrix"] = matrix_json(*encoder.matrix);
  }
  return dump(json);
}

Result<Encoder> encoder_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  std::string fault = json.is_discarded() ? "it is not JSON" : "";
  Reader reader(json, "it", fault);
  Encoder encoder;
  std::set<std::string> names;
  for (const Json& item : reader.list("columns")) {
    encoder.columns.push_back(read_column(item, encoder.columns.size(), fault));
    if (!names.insert(encoder.columns.back().name).second) {
      reader.fail("has two columns of the same name");
    }
  }
  encoder.missing = reader.texts("missing");
  if (json.is_object() && json.contains("matrix")) {
    encoder.matrix = read_matrix(json["matrix"], fault);
  }
  if (!fault.empty()) {
    return damaged(fault);
  }
  encoding::lay_out(encoder);
  return encoder;
}

std::string target_to_json(const TargetCoding& target) {
  return dump({{"name", target.name},
               {"classification", target.classification},
               {"numeric", target.numeric},
               {"classes", target.classes},
               {"center", target.center},
               {"spread", target.spread}});
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
  if (!(target.spread > 0)) {
    reader.fail("has a spread that is not positive");
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
