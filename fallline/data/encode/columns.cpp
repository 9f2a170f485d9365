// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline {

namespace encoding {

const char* type_name(ColumnType type) {
  switch (type) {
    case ColumnType::text:
      return "text";
    case ColumnType::time:
      return "time";
    case ColumnType::number:
      break;
  }
  return "number";
}

std::size_t width(const EncodedColumn& column) {
  if (holds_numbers(column.type)) {
    return column.number.constant ? 0 : (column.number.indicator ? 2 : 1);
  }
  if (column.hash.bits > 0) {
    return (std::size_t{1} << column.hash.bits) + (column.text.missing ? 1 : 0);
  }
  return column.text.levels.size() + (column.text.other ? 1 : 0) + (column.text.missing ? 1 : 0);
}

void lay_out(Encoder& encoder) {
  encoder.features = 0;
  for (EncodedColumn& column : encoder.columns) {
    column.first = encoder.features;
    column.features = column.left_out.empty() ? width(column) : 0;
    encoder.features += column.features;
  }
  for (Cross& cross : encoder.crosses) {
    cross.first = encoder.features;
    cross.features = encoder.columns[cross.left].features * encoder.columns[cross.right].features;
    encoder.features += cross.features;
  }
  if (encoder.matrix) {
    encoder.matrix->first = encoder.features;
    encoder.features += encoder.matrix->width;
  }
}

bool is_dense(const Encoder& encoder) {
  // features of a row that are not zero by nature: one a number, a text or a cross
  std::size_t filled = encoder.matrix ? encoder.matrix->filled : 0;
  for (const EncodedColumn& column : encoder.columns) {
    filled += column.features > 0 ? 1 : 0;
  }
  filled += encoder.crosses.size();
  return encoder.features <= 4 * filled + 64;
}

}  // namespace encoding

namespace {

/// The name of a column's i-th feature.
std::string name_in(const EncodedColumn& column, std::size_t i) {
  if (holds_numbers(column.type)) {
    return i == 0 ? column.name : column.name + " missing";
  }
  if (column.hash.bits > 0) {
    return i >> column.hash.bits == 0 ? fmt::format("{} #{}", column.name, i) : column.name + " missing";
  }
  if (i < column.text.levels.size()) {
    return column.name + "=" + column.text.levels[i];
  }
  return column.name + (i == column.text.levels.size() && column.text.other ? " other" : " missing");
}

/// The last of `parts` that begins at or before the feature: parts without features begin where the next one does.
template <class Part>
const Part& part_with(const std::vector<Part>& parts, std::size_t feature) {
  const auto after =
      std::upper_bound(parts.begin(), parts.end(), feature, [](std::size_t at, const Part& part) { return at < part.first; });
  return *std::prev(after);
}

}  // namespace

std::string Encoder::feature_name(std::size_t feature) const {
  if (matrix && feature >= matrix->first) {
    return std::to_string(matrix->number_of(feature - matrix->first));
  }
  if (!crosses.empty() && feature >= crosses.front().first) {
    const Cross& cross = part_with(crosses, feature);
    const std::size_t wide = columns[cross.right].features;
    const std::size_t at = feature - cross.first;
    return name_in(columns[cross.left], at / wide) + " x " + name_in(columns[cross.right], at % wide);
  }
  const EncodedColumn& column = part_with(columns, feature);
  return name_in(column, feature - column.first);
}

std::vector<std::string> Encoder::feature_names() const {
  std::vector<std::string> names;
  names.reserve(features);
  for (std::size_t i = 0; i < features; ++i) {
    names.push_back(feature_name(i));
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

Result<std::vector<std::size_t>> find_columns(const Schema& schema, const std::string& names) {
  if (const Result<std::size_t> one = find_column(schema, names); one || names.find(',') == std::string::npos) {
    return one ? Result<std::vector<std::size_t>>(std::vector{*one}) : one.error();
  }
  std::vector<std::size_t> columns;
  for (const std::string_view name : split(names, ',')) {
    const Result<std::size_t> column = find_column(schema, std::string(trim(name)));
    if (!column) {
      return column.error();
    }
    columns.push_back(*column);
  }
  return columns;
}

std::vector<std::string> TargetCoding::names() const {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < count(); ++k) {
    names.push_back(column(k).name);
  }
  return names;
}

bool TargetCoding::has(const std::string& column) const {
  return column == name || std::any_of(more.begin(), more.end(), [&](const TargetColumn& other) { return other.name == column; });
}

std::map<std::string, ColumnType> declared_types(const Encoder& encoder, const TargetCoding* target) {
  std::map<std::string, ColumnType> types;
  for (const EncodedColumn& column : encoder.columns) {
    if (column.features > 0) {  // what was left out in training need not be there
      types[column.name] = column.type;
    }
  }
  if (target != nullptr) {
    types[target->name] = !target->unit.empty() ? ColumnType::time : target->numeric ? ColumnType::number : ColumnType::text;
    for (const TargetColumn& other : target->more) {
      types[other.name] = other.unit.empty() ? ColumnType::number : ColumnType::time;
    }
  }
  return types;
}

}  // namespace fallline
