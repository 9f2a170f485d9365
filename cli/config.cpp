// SPDX-License-Identifier: Apache-2.0
#include "cli/config.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/json.hpp"
#include "fallline/base/file.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

using Json = nlohmann::json;
using Texts = std::vector<std::string>;

constexpr const char* data_key = "data";

std::optional<std::string> scalar(const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number_integer()) {
    return value.dump();
  }
  if (value.is_number()) {
    return shortest(value.get<double>());
  }
  if (value.is_boolean()) {
    return value.get<bool>() ? "on" : "off";
  }
  return std::nullopt;
}

Error wrong_kind(const std::string& path, const std::string& name, std::string_view wanted, const Json& value) {
  return usage_error(fmt::format("{}: \"{}\" takes {}, not {}.", path, name, wanted, fallline::quoted(value.dump())));
}

Result<Texts> items(const std::string& path, const std::string& name, const Json& value) {
  Texts texts;
  for (const Json& item : value) {
    const auto text = scalar(item);
    if (!text) {
      return wrong_kind(path, name, "texts in its list", item);
    }
    texts.push_back(*text);
  }
  return texts;
}

/// The texts of one member; nothing for a flag that is false or a null, which leave the option as it is.
Result<std::optional<Texts>> member(const std::string& path, const Option& option, const Json& value) {
  if (value.is_null()) {
    return std::optional<Texts>();
  }
  if (option.kind == ValueKind::flag) {
    if (!value.is_boolean()) {
      return wrong_kind(path, option.name, "true or false", value);
    }
    return value.get<bool>() ? std::optional(Texts{"true"}) : std::nullopt;
  }
  if (option.kind == ValueKind::list && value.is_array()) {
    const Result<Texts> texts = items(path, option.name, value);
    return texts ? Result<std::optional<Texts>>(std::optional(*texts)) : texts.error();
  }
  const auto text = scalar(value);
  if (!text) {
    return wrong_kind(path, option.name, option.value, value);
  }
  return std::optional(texts_of(option, *text));
}

Error unknown_name(const std::string& path, const std::string& name, const OptionList& options) {
  Texts known{data_key};
  for (const Option& option : options.all()) {
    known.push_back(option.name);
  }
  return usage_error(
      fmt::format("{}: \"{}\" is not an option of train.{} fallline train --help lists them.", path, name, did_you_mean(name, known)));
}

/// "header" and "no-header" are two names of one choice: the command line's word hides either in the file.
bool hidden_by(const Words& words, const std::string& name) {
  const bool header = name == "header" || name == "no-header";
  return words.options.contains(name) || (header && (words.options.contains("header") || words.options.contains("no-header")));
}

Result<void> read_data(const std::string& path, const Json& value, Words& words) {
  const Result<Texts> files = items(path, data_key, value.is_array() ? value : Json::array({value}));
  if (!files) {
    return files.error();
  }
  if (words.plain.empty()) {
    words.plain = *files;
  }
  return {};
}

}  // namespace

Result<void> read_config(const std::string& path, const OptionList& options, Words& words) {
  const Result<std::string> text = read_file(path);
  if (!text) {
    return text.error();
  }
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) {
    return usage_error(fmt::format("{} is not a JSON object of options such as {{\"target\": \"y\", \"epochs\": 20}}.", path));
  }
  Words found;
  for (const auto& [name, value] : json.items()) {
    if (name == data_key) {
      if (Result<void> read = read_data(path, value, words); !read) {
        return read;
      }
      continue;
    }
    const Option* option = options.find(name);
    if (option == nullptr || name == "config" || name == "resume") {
      return unknown_name(path, name, options);
    }
    const auto texts = member(path, *option, value);
    if (!texts) {
      return texts.error();
    }
    if (*texts && !hidden_by(words, name)) {
      found.options[name] = **texts;
    }
  }
  words.options.merge(found.options);
  return {};
}

namespace {

std::string in_json(const Option& option, const Texts& texts) {
  if (option.kind == ValueKind::flag) {
    return "true";
  }
  if (option.kind == ValueKind::list) {
    return json_texts(texts);
  }
  const bool number = option.kind == ValueKind::number && parse_double(texts.front());
  return number ? texts.front() : json_text(texts.front());
}

}  // namespace

std::string config_text(const OptionList& options, const std::vector<std::string>& data) {
  JsonObject object;
  object.raw(data_key, json_texts(data));
  for (const Option& option : options.all()) {
    const auto texts = option.get();
    if (texts && option.name != "config" && option.name != "resume") {
      object.raw(option.name, in_json(option, *texts));
    }
  }
  return object.lines();
}

}  // namespace fallline::cli
