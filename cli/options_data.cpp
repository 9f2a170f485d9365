// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "cli/open_format.hpp"
#include "cli/options_special.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

using Texts = std::vector<std::string>;

/// Characters that a shell makes hard to type have names.
struct NamedCharacter {
  std::string_view name;
  char character;
};
constexpr std::array named_characters{NamedCharacter{"tab", '\t'},  NamedCharacter{"\\t", '\t'},      NamedCharacter{"comma", ','},
                                      NamedCharacter{"space", ' '}, NamedCharacter{"semicolon", ';'}, NamedCharacter{"pipe", '|'}};

std::optional<char> delimiter_of(const std::string& text) {
  for (const NamedCharacter& known : named_characters) {
    if (text == known.name) {
      return known.character;
    }
  }
  const bool fits = text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r' && static_cast<unsigned char>(text[0]) < 0x80;
  return fits ? std::optional(text[0]) : std::nullopt;
}

constexpr std::array<std::string_view, 3> type_names{"number", "text", "time"};  // in the order of ColumnType

/// "COL=number": the last '=' parts the name from the type, so that names may hold one.
Result<void> read_type(const std::string& text, std::map<std::string, ColumnType>& types) {
  const auto at = text.rfind('=');
  const std::string type = at == std::string::npos ? "" : text.substr(at + 1);
  const auto known = std::find(type_names.begin(), type_names.end(), type);
  if (at == 0 || known == type_names.end()) {
    return bad_value("types", "COLUMN=number, COLUMN=text or COLUMN=time, separated by commas", text);
  }
  types[text.substr(0, at)] = static_cast<ColumnType>(known - type_names.begin());
  return {};
}

std::optional<Texts> types_as_text(const std::map<std::string, ColumnType>& types) {
  Texts out;
  for (const auto& [name, type] : types) {
    out.push_back(fmt::format("{}={}", name, type_names[static_cast<std::size_t>(type)]));
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

Option header_flag(std::string name, std::string meaning, bool value, DataRequest& to) {
  return {std::move(name),
          "",
          "",
          std::move(meaning),
          ValueKind::flag,
          [&to, value](const Texts&) -> Result<void> {
            to.csv.header = value;
            return {};
          },
          [&to, value] { return to.csv.header == value ? std::optional(Texts{"true"}) : std::nullopt; }};
}

}  // namespace

void add_format(OptionList& list, DataRequest& to) {
  list.special(
      "format", format_names(), "what the files are, where their names do not tell", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (format_named(text) == nullptr) {
          return bad_value("format", "one of " + format_names(), text);
        }
        to.format = text;
        return {};
      },
      [&to] { return to.format.empty() ? std::nullopt : std::optional(to.format); });
}

void add_header(OptionList& list, DataRequest& to) {
  list.add(header_flag("header", "the first line holds the column names; without this it is decided by looking", true, to));
  list.add(header_flag("no-header", "the first line is data already", false, to));
}

void add_delimiter(OptionList& list, DataRequest& to) {
  list.special(
      "delimiter", "C", "what parts the cells: a character, tab, space, semicolon or pipe; by the format without it", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        const std::optional<char> character = delimiter_of(text);
        if (!character) {
          return bad_value("delimiter", "one character other than a quote, or tab, comma, space, semicolon or pipe", text);
        }
        to.csv.delimiter = character;
        to.delimiter_given = true;
        return {};
      },
      [&to]() -> std::optional<std::string> {
        if (!to.delimiter_given || !to.csv.delimiter) {
          return std::nullopt;
        }
        return to.csv.delimiter == '\t' ? std::string("tab") : std::string(1, *to.csv.delimiter);
      });
}

void add_decimal(OptionList& list, DataRequest& to) {
  list.special(
      "decimal", "C", "decimal point of numbers, . or ,", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (text != "." && text != ",") {
          return bad_value("decimal", "a point or a comma", text);
        }
        to.csv.decimal = text[0];
        return {};
      },
      [&to] { return std::optional(std::string(1, to.csv.decimal)); });
}

void add_comment(OptionList& list, DataRequest& to) {
  list.special(
      "comment", "C", "lines that begin with this character are passed over, e.g. #", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (text.size() != 1) {
          return bad_value("comment", "one character such as # or %", text);
        }
        to.csv.comment = text[0];
        return {};
      },
      [&to] { return to.csv.comment ? std::optional(std::string(1, *to.csv.comment)) : std::nullopt; });
}

void add_encoding(OptionList& list, DataRequest& to) {
  list.special(
      "encoding", "NAME", "how the text is written: utf-8, latin1, windows-1252 or utf-16; UTF-8 unless the first bytes say UTF-16",
      ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        const std::optional<TextEncoding> known = encoding_named(text);
        if (!known) {
          return bad_value("encoding", "utf-8, latin1, windows-1252 or utf-16", text);
        }
        to.csv.encoding = known;
        return {};
      },
      [&to] { return to.csv.encoding ? std::optional(std::string(encoding_name(*to.csv.encoding))) : std::nullopt; });
}

void add_missing(OptionList& list, DataRequest& to) {
  list.add({"missing", "A,B", "", "texts that mean a missing value, beside the empty cell", ValueKind::list,
            [&to](const Texts& given) -> Result<void> {
              to.csv.missing = {""};
              std::copy_if(given.begin(), given.end(), std::back_inserter(to.csv.missing),
                           [](const std::string& text) { return !text.empty(); });
              return {};
            },
            [&to]() -> std::optional<Texts> {
              Texts texts;
              std::copy_if(to.csv.missing.begin(), to.csv.missing.end(), std::back_inserter(texts),
                           [](const std::string& text) { return !text.empty(); });
              return texts;
            }});
}

void add_types(OptionList& list, DataRequest& to) {
  list.add({"types", "COL=TYPE,...", "", "number, text or time for columns that should not be decided by looking", ValueKind::list,
            [&to](const Texts& given) -> Result<void> {
              for (const std::string& text : given) {
                if (Result<void> read = read_type(text, to.csv.types); !read) {
                  return read;
                }
              }
              return {};
            },
            [&to] { return types_as_text(to.csv.types); }});
}

}  // namespace fallline::cli
