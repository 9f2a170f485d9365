// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline {

namespace encoding {

namespace {

std::size_t width(const EncodedColumn& column) {
  if (holds_numbers(column.type)) {
    return column.number.constant ? 0 : (column.number.indicator ? 2 : 1);
  }
  return column.text.levels.size() + (column.text.other ? 1 : 0) + (column.text.missing ? 1 : 0);
}

}  // namespace

void lay_out(Encoder& encoder) {
  encoder.features = 0;
  for (EncodedColumn& column : encoder.columns) {
    column.first = encoder.features;
    column.features = width(column);
    encoder.features += column.features;
  }
  if (encoder.matrix) {
    encoder.matrix->first = encoder.features;
    encoder.features += encoder.matrix->width;
  }
}

bool is_dense(const Encoder& encoder) {
  std::size_t filled = encoder.matrix ? encoder.matrix->filled : 0;  // features of a row that are not zero: one a number, one a text
  for (const EncodedColumn& column : encoder.columns) {
    filled += column.features > 0 ? 1 : 0;
  }
  return encoder.features <= 4 * filled + 64;
}

}  // namespace encoding

std::vector<std::string> Encoder::feature_names() const {
  std::vector<std::string> names;
  for (const EncodedColumn& column : columns) {
    if (holds_numbers(column.type)) {
      if (!column.number.constant) {
        names.push_back(column.name);
        if (column.number.indicator) {
          names.push_back(column.name + " missing");
        }
      }
      continue;
    }
    for (const std::string& level : column.text.levels) {
      names.push_back(column.name + "=" + level);
    }
    if (column.text.other) {
      names.push_back(column.name + " other");
    }
    if (column.text.missing) {
      names.push_back(column.name + " missing");
    }
  }
  for (std::size_t i = 0; matrix && i < matrix->width; ++i) {
    names.push_back(std::to_string(i + matrix->first_number));
  }
  return names;
}

Result<std::size_t> find_column(const Schema& schema, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (schema.columns[i].name == name) {
      return i;
    }
    names.push_back(schema.columns[i].name);
  }
  const auto size = static_cast<std::int64_t>(names.size());
  if (name.starts_with('@')) {
    if (const auto position = parse_int(std::string_view(name).substr(1))) {
      const std::int64_t at = *position < 0 ? *position + size : *position;
      if (at >= 0 && at < size) {
        return static_cast<std::size_t>(at);
      }
      return usage_error(
          fmt::format("There is no column {}: the data has {} columns, @0 to @{} (or @-{} to @-1).", name, size, size - 1, size));
    }
  }
  constexpr std::size_t few = 30;
  const std::string list =
      names.size() <= few ? fmt::format(" The columns are {}.", join(names, ", ")) : fmt::format(" The data has {} columns.", size);
  return usage_error(fmt::format("There is no column {}.{}{}", quoted(name), did_you_mean(name, names), list));
}

std::map<std::string, ColumnType> declared_types(const Encoder& encoder, const TargetCoding* target) {
  std::map<std::string, ColumnType> types;
  for (const EncodedColumn& column : encoder.columns) {
    if (column.features > 0) {  // what was left out in training need not be there
      types[column.name] = column.type;
    }
  }
  if (target != nullptr) {
    types[target->name] = target->numeric ? ColumnType::number : ColumnType::text;
  }
  return types;
}

}  // namespace fallline
