// SPDX-License-Identifier: Apache-2.0
#include "cli/option.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

std::string said(const std::vector<std::string>& texts) { return texts.empty() ? std::string() : texts.back(); }

}  // namespace

Error bad_value(std::string_view option, std::string_view allowed, std::string_view text) {
  return usage_error(fmt::format("--{} takes {}, not {}.", option, allowed, fallline::quoted(text)));
}

std::string OptionList::dashed(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

void OptionList::add(Option option) {
  option.group = group_;
  options_.push_back(std::move(option));
}

void OptionList::special(std::string name, std::string value, std::string meaning, ValueKind kind,
                         std::function<Result<void>(const std::string&)> set, std::function<std::optional<std::string>()> get) {
  const auto texts = [get = std::move(get)]() -> std::optional<std::vector<std::string>> {
    const std::optional<std::string> text = get();
    return text ? std::optional(std::vector{*text}) : std::nullopt;
  };
  add({std::move(name), std::move(value), "", std::move(meaning), kind,
       [set = std::move(set)](const std::vector<std::string>& given) { return set(said(given)); }, texts});
}

void OptionList::text(std::string name, std::string value, std::string meaning, std::string& to) {
  const std::string option = name;
  special(
      std::move(name), value, std::move(meaning), ValueKind::text,
      [&to, option, value](const std::string& text) -> Result<void> {
        if (text.empty()) {
          return bad_value(option, value, text);
        }
        to = text;
        return {};
      },
      [&to] { return to.empty() ? std::nullopt : std::optional(to); });
}

void OptionList::flag(std::string name, std::string meaning, bool& to) {
  add({std::move(name), "", "", std::move(meaning), ValueKind::flag,
       [&to](const std::vector<std::string>&) -> Result<void> {
         to = true;
         return {};
       },
       [&to] { return to ? std::optional(std::vector<std::string>{"true"}) : std::nullopt; }});
}

void OptionList::list(std::string name, std::string value, std::string meaning, std::vector<std::string>& to) {
  add({std::move(name), std::move(value), "", std::move(meaning), ValueKind::list,
       [&to](const std::vector<std::string>& given) -> Result<void> {
         to = given;
         return {};
       },
       [&to] { return to.empty() ? std::nullopt : std::optional(to); }});
}

void OptionList::choice(std::string name, std::string_view words, std::string meaning, std::function<void(std::size_t)> set,
                        std::function<std::size_t()> get) {
  const std::string option = name;
  const std::string choices(words);
  special(
      std::move(name), choices, std::move(meaning), ValueKind::text,
      [option, choices, set = std::move(set)](const std::string& text) -> Result<void> {
        const auto known = split(choices, '|');
        const auto at = std::find(known.begin(), known.end(), text);
        if (at == known.end()) {
          return bad_value(option, allowed({option, FieldKind::choice, any_number, choices, ""}), text);
        }
        set(static_cast<std::size_t>(at - known.begin()));
        return {};
      },
      [choices, get = std::move(get)] { return std::optional(std::string(split(choices, '|').at(get()))); });
}

void OptionList::on_off(std::string name, std::string meaning, bool& to) {
  choice(std::move(name), "on|off", std::move(meaning), [&to](std::size_t at) { to = at == 0; }, [&to] { return to ? 0U : 1U; });
}

void OptionList::number(std::string name, std::string value, FieldKind kind, Range range, std::string meaning,
                        std::function<void(double)> set, std::function<std::optional<double>()> get) {
  const std::string option = name;
  special(
      std::move(name), std::move(value), std::move(meaning), ValueKind::number,
      [option, kind, range, set = std::move(set)](const std::string& text) -> Result<void> {
        const FieldInfo info{option, kind, range, "", ""};
        const Result<double> number = parse_field(info, text);
        if (!number) {
          return bad_value(option, allowed(info), text);
        }
        set(*number);
        return {};
      },
      [get = std::move(get)]() -> std::optional<std::string> {
        const std::optional<double> number = get();
        return number ? std::optional(shortest(*number)) : std::nullopt;
      });
}

const Option* OptionList::find(std::string_view name) const {
  const auto at = std::find_if(options_.begin(), options_.end(), [&](const Option& option) { return option.name == name; });
  return at == options_.end() ? nullptr : &*at;
}

std::vector<std::string> OptionList::dashed_names() const {
  std::vector<std::string> names;
  for (const Option& option : options_) {
    names.push_back("--" + option.name);
  }
  return names;
}

}  // namespace fallline::cli
