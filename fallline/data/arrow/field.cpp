// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/arrow/field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/encoding.hpp"

namespace fallline::c_data {

namespace {

struct Simple {
  std::string_view format;
  Kind kind;
  std::size_t bytes;
  bool is_signed;
};

constexpr std::array simple_formats{
    Simple{"n", Kind::nothing, 0, true},     Simple{"b", Kind::boolean, 0, true}, Simple{"c", Kind::whole, 1, true},
    Simple{"C", Kind::whole, 1, false},      Simple{"s", Kind::whole, 2, true},   Simple{"S", Kind::whole, 2, false},
    Simple{"i", Kind::whole, 4, true},       Simple{"I", Kind::whole, 4, false},  Simple{"l", Kind::whole, 8, true},
    Simple{"L", Kind::whole, 8, false},      Simple{"e", Kind::real, 2, true},    Simple{"f", Kind::real, 4, true},
    Simple{"g", Kind::real, 8, true},        Simple{"u", Kind::text, 4, true},    Simple{"U", Kind::text, 8, true},
    Simple{"vu", Kind::text_view, 16, true}, Simple{"tdD", Kind::days, 4, true},  Simple{"tdm", Kind::milliseconds_of_days, 8, true},
};

struct Unread {
  std::string_view begins;
  std::string_view words;
};

constexpr std::array unread_formats{
    Unread{"z", "bytes"},         Unread{"Z", "bytes"},      Unread{"vz", "bytes"},     Unread{"w:", "bytes"},
    Unread{"tt", "times of day"}, Unread{"tD", "durations"}, Unread{"ti", "intervals"}, Unread{"+s", "structs"},
    Unread{"+m", "maps"},         Unread{"+u", "unions"},    Unread{"+r", "runs"},      Unread{"+", "lists"},
};

/// "d:PRECISION,SCALE" or "d:PRECISION,SCALE,BITS".
bool read_decimal(std::string_view format, Field& field) {
  const std::vector<std::string_view> parts = split(format.substr(2), ',');
  if (parts.size() < 2 || parts.size() > 3) {
    return false;
  }
  const auto scale = parse_int(parts[1]);
  const auto bits = parts.size() == 3 ? parse_int(parts[2]) : std::optional<std::int64_t>(128);
  const bool known = scale && bits && (*bits == 32 || *bits == 64 || *bits == 128 || *bits == 256) && *scale > -400 && *scale < 400;
  if (known) {
    field.kind = Kind::decimal;
    field.scale = static_cast<int>(*scale);
    field.bytes = static_cast<std::size_t>(*bits / 8);
  }
  return known;
}

/// "tsU:ZONE": the numbers count from 1970 in UTC, whatever the zone.
bool read_timestamp(std::string_view format, Field& field) {
  constexpr std::array units{std::pair{'s', 1LL}, std::pair{'m', 1000LL}, std::pair{'u', 1000000LL}, std::pair{'n', 1000000000LL}};
  const char unit = format.size() > 2 ? format[2] : '\0';
  const auto known = std::find_if(units.begin(), units.end(), [&](const auto& each) { return each.first == unit; });
  if (known == units.end()) {
    return false;
  }
  field.kind = Kind::timestamp;
  field.bytes = 8;
  field.per_second = known->second;
  return true;
}

Field field_of(const ArrowSchema& schema) {
  Field field;
  field.name = schema.name != nullptr ? schema.name : "";
  const std::string_view format = schema.format != nullptr ? schema.format : "";
  const auto simple = std::find_if(simple_formats.begin(), simple_formats.end(), [&](const Simple& each) { return each.format == format; });
  if (simple != simple_formats.end()) {
    field.kind = simple->kind;
    field.bytes = simple->bytes;
    field.is_signed = simple->is_signed;
  } else if (!(format.starts_with("d:") && read_decimal(format, field)) && !(format.starts_with("ts") && read_timestamp(format, field))) {
    const auto unread =
        std::find_if(unread_formats.begin(), unread_formats.end(), [&](const Unread& each) { return format.starts_with(each.begins); });
    field.words = unread != unread_formats.end() ? std::string(unread->words) : fmt::format("values of Arrow's type {}", quoted(format));
  }
  if (schema.dictionary != nullptr) {
    field.values = std::make_shared<Field>(field_of(*schema.dictionary));
    if (field.kind != Kind::whole || field.values->values) {
      field.values->kind = Kind::other;
      field.values->words = "dictionaries of dictionaries";
    }
  }
  return field;
}

}  // namespace

ColumnType natural_type(const Field& field) {
  switch (field.held().kind) {
    case Kind::nothing:
    case Kind::whole:
    case Kind::real:
    case Kind::decimal:
      return ColumnType::number;
    case Kind::days:
    case Kind::milliseconds_of_days:
    case Kind::timestamp:
      return ColumnType::time;
    default:
      return ColumnType::text;
  }
}

std::string natural_unit(const Field& field) {
  return natural_type(field) != ColumnType::time ? "" : field.held().kind == Kind::timestamp ? seconds_unit : days_unit;
}

Result<std::vector<Field>> fields_of(const ArrowSchema& schema, const std::string& file) {
  std::vector<Field> fields;
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    Field field = field_of(*schema.children[i]);
    if (field.name.empty()) {
      field.name = fmt::format("c{}", i);  // as in a CSV file
    }
    if (!csv::is_utf8(field.name)) {
      return data_error(fmt::format("{}: the name of column {} is not UTF-8.", file, i + 1));
    }
    names.push_back(field.name);
    fields.push_back(std::move(field));
  }
  if (fields.empty()) {
    return data_error(fmt::format("{} has no columns.", file));
  }
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
    return data_error(fmt::format("{}: two columns are called {}. Give them different names.", file, quoted(*twice)));
  }
  return fields;
}

}  // namespace fallline::c_data
