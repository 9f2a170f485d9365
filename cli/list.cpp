// SPDX-License-Identifier: Apache-2.0
// fallline list: what can be asked for by name, derived from the lists of the rooms below.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/json.hpp"
#include "cli/lists.hpp"
#include "cli/options.hpp"
#include "cli/parse.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

std::string kind_name(FieldKind kind) {
  constexpr std::array names{"number", "whole", "flag", "choice"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string default_json(const FieldValue& field) {
  const std::string text = format_field(field.info, field.value);
  const bool word = field.info.kind == FieldKind::choice;
  return word || (field.info.kind != FieldKind::flag && !parse_double(text)) ? json_text(text) : text;
}

std::string entry_json(const Entry& entry) {
  JsonObject object;
  object.add("name", entry.name).add("summary", entry.summary).add("cites", entry.cites);
  for (const About& about : entry.about) {
    object.raw(about.name, about.json);
  }
  std::vector<std::string> fields;
  for (const FieldValue& field : entry.fields) {
    JsonObject one;
    one.add("name", field.info.name).add("kind", kind_name(field.info.kind)).raw("default", default_json(field));
    fields.push_back(one.add("allowed", allowed(field.info)).add("meaning", field.info.meaning).text());
  }
  return object.raw("fields", json_list(fields)).text();
}

std::string list_json(const std::vector<List>& lists) {
  JsonObject object;
  for (const List& list : lists) {
    std::vector<std::string> entries;
    for (const Entry& entry : list.entries) {
      entries.push_back(entry_json(entry));
    }
    object.raw(list.name, "[\n    " + join(entries, ",\n    ") + "]");
  }
  return object.lines();
}

std::string about_text(const Entry& entry) {
  std::string out;
  for (const auto& [name, json, text] : entry.about) {
    if (json != "[]" && json != "null") {
      std::string plain = json;
      plain.erase(std::remove_if(plain.begin(), plain.end(), [](char c) { return c == '"' || c == '[' || c == ']'; }), plain.end());
      std::string words = name;
      std::replace(words.begin(), words.end(), '_', ' ');
      out += fmt::format("{}{} {}", out.empty() ? "" : "; ", words, text.empty() ? plain : text);
    }
  }
  return out;
}

std::string entry_text(const Entry& entry) {
  std::string out = fmt::format("  {}  {}\n", bold_on_stdout(entry.name), wrapped(entry.summary, entry.name.size() + 4));
  const std::string about = about_text(entry);
  if (!entry.cites.empty() || !about.empty()) {
    out += fmt::format("      {}{}{}\n", about, about.empty() || entry.cites.empty() ? "" : "; ", entry.cites);
  }
  std::vector<std::vector<std::string>> fields;
  for (const FieldValue& field : entry.fields) {
    fields.push_back({fmt::format("{}={}", field.info.name, format_field(field.info, field.value)), std::string(field.info.meaning),
                      "(" + allowed(field.info) + ")"});
  }
  return out + aligned(fields, {}, "      ");
}

std::string list_text(const std::vector<List>& lists) {
  std::string out;
  for (const List& list : lists) {
    out += fmt::format("{}{}\n", out.empty() ? "" : "\n", bold_on_stdout(list.name));
    for (const Entry& entry : list.entries) {
      out += entry_text(entry);
    }
  }
  return out;
}

Result<std::vector<List>> chosen(const std::vector<std::string>& asked) {
  const std::vector<List> all = all_lists();
  if (asked.empty()) {
    return all;
  }
  std::vector<std::string> names;
  for (const List& list : all) {
    names.push_back(list.name);
  }
  std::vector<List> some;
  for (const std::string& name : asked) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) {
      return usage_error(
          fmt::format("There is no list {}; there are {}.{}", fallline::quoted(name), join(names, ", "), did_you_mean(name, names)));
    }
    some.push_back(all[static_cast<std::size_t>(at - names.begin())]);
  }
  return some;
}

}  // namespace

Result<int> run_list(const Arguments& arguments, StopToken /*stop*/) {
  bool json = false;
  const OptionList options = list_options(json);
  const auto words = parse_words("list", arguments, options);
  if (!words) {
    return words.error();
  }
  if (words->help) {
    return print_help("list", options);
  }
  if (auto applied = apply_words(*words, options); !applied) {
    return applied.error();
  }
  const auto lists = chosen(words->plain);
  if (!lists) {
    return lists.error();
  }
  const auto told = print(json ? list_json(*lists) : list_text(*lists));
  return told ? Result<int>(0) : told.error();
}

}  // namespace fallline::cli
