// SPDX-License-Identifier: Apache-2.0
// Option: one option of a verb told once. The command line, a --config file, config.json and --help are all derived from it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"
#include "fallline/base/result.hpp"

namespace fallline::cli {

/// How a value stands in JSON: flag: true; number: a number where the text is one (else a text such as "auto"); list: an array of texts.
enum class ValueKind { text, number, flag, list };

/// `set` reads the texts a user gave (one, but for lists; none for a flag) and says what is allowed where they do not fit.
/// `get` tells the value in effect in the same form; nothing where it is left open.
struct Option {
  std::string name;   // without the dashes
  std::string value;  // what stands behind it in help: "NAME"; empty for a flag
  std::string group;
  std::string meaning;
  ValueKind kind = ValueKind::text;
  std::function<Result<void>(const std::vector<std::string>&)> set;
  std::function<std::optional<std::vector<std::string>>()> get;
};

/// Options bound to the members they fill; the members must outlive the list.
class OptionList {
 public:
  /// Options added from here on stand under this heading in help.
  void group(std::string title) { group_ = std::move(title); }

  void text(std::string name, std::string value, std::string meaning, std::string& to);
  void flag(std::string name, std::string meaning, bool& to);
  /// Texts separated by commas, or repeated options.
  void list(std::string name, std::string value, std::string meaning, std::vector<std::string>& to);
  /// One of the words; `to` becomes its place among them.
  void choice(std::string name, std::string_view words, std::string meaning, std::function<void(std::size_t)> set,
              std::function<std::size_t()> get);
  void on_off(std::string name, std::string meaning, bool& to);

  /// A number within the range, read into any arithmetic type.
  template <class Number>
  void number(std::string name, std::string value, FieldKind kind, Range range, std::string meaning, Number& to) {
    number(
        std::move(name), std::move(value), kind, range, std::move(meaning), [&to](double x) { to = static_cast<Number>(x); },
        [&to] { return std::optional(static_cast<double>(to)); });
  }
  /// As above, left open until given.
  template <class Number>
  void number(std::string name, std::string value, FieldKind kind, Range range, std::string meaning, std::optional<Number>& to) {
    number(
        std::move(name), std::move(value), kind, range, std::move(meaning), [&to](double x) { to = static_cast<Number>(x); },
        [&to] { return to ? std::optional(static_cast<double>(*to)) : std::nullopt; });
  }
  /// A described field of a plain struct, under its own name with dashes.
  template <class S>
  void field(std::string_view name, std::string value, S& to) {
    for (const auto& f : S::fields()) {
      if (f.name == name) {
        number(
            dashed(name), value, f.kind, f.range, std::string(f.meaning), [&to, f](double x) { f.set(to, x); },
            [&to, f] { return std::optional(f.get(to)); });
      }
    }
  }
  /// Any other: reads and tells one text.
  void special(std::string name, std::string value, std::string meaning, ValueKind kind,
               std::function<Result<void>(const std::string&)> set, std::function<std::optional<std::string>()> get);
  void add(Option option);

  const std::vector<Option>& all() const { return options_; }
  const Option* find(std::string_view name) const;
  /// "--target", "--features", ...
  std::vector<std::string> dashed_names() const;

 private:
  void number(std::string name, std::string value, FieldKind kind, Range range, std::string meaning, std::function<void(double)> set,
              std::function<std::optional<double>()> get);
  static std::string dashed(std::string_view name);

  std::vector<Option> options_;
  std::string group_;
};

/// "--epochs takes a whole number in [1, inf), not 'x'."
Error bad_value(std::string_view option, std::string_view allowed, std::string_view text);

}  // namespace fallline::cli
