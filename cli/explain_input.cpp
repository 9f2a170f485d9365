// SPDX-License-Identifier: Apache-2.0
#include "cli/explain_input.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json.hpp"
#include "cli/show_columns.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"

namespace fallline::cli {

namespace {

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

/// A column of the data that is no feature.
struct OtherColumn {
  const ColumnInfo* info;
  std::string role;  // target, weight, ignored
};

std::vector<OtherColumn> other_columns(const Schema& schema, const FittedEncoder& fitted, const TrainRequest& request) {
  const auto& features = fitted.encoder.columns;
  const std::string& weight = request.encoder.weight;
  const auto weight_column = weight.empty() ? Result<std::size_t>(schema.columns.size()) : find_column(schema, weight);
  std::vector<OtherColumn> others;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const ColumnInfo& info = schema.columns[i];
    if (fitted.target.has(info.name)) {
      others.push_back({&info, "target"});
    } else if (weight_column && *weight_column == i) {
      others.push_back({&info, "weight"});
    } else if (std::none_of(features.begin(), features.end(), [&](const EncodedColumn& column) { return column.name == info.name; })) {
      others.push_back({&info, "ignored"});
    }
  }
  return others;
}

std::string target_text(const TargetCoding& target) {
  if (!target.classification) {
    return "numbers: regression";
  }
  constexpr std::size_t few = 10;
  std::vector<std::string> classes = target.classes;
  classes.resize(std::min(few, classes.size()));
  const std::string positive = target.classes.size() == 2 ? fmt::format(", {} is positive", target.classes[1]) : "";
  return fmt::format("{} classes: {}{}{}", count(target.classes.size()), join(classes, ", "), target.classes.size() > few ? ", ..." : "",
                     positive);
}

}  // namespace

std::string explain_text(const Schema& schema, const FittedEncoder& fitted, const TrainRequest& request) {
  std::vector<std::vector<std::string>> rows = column_table(fitted.encoder);
  for (const OtherColumn& other : other_columns(schema, fitted, request)) {
    rows.push_back({other.info->name, type_text(other.info->type, other.info->unit), "", "",
                    other.role == "target" ? "target: " + target_text(fitted.target) : other.role});
  }
  return fmt::format("{} rows, {} features\n{}", count(schema.rows), count(fitted.encoder.features),
                     aligned(rows, {false, false, true, true, false}));
}

std::string explain_json(const Schema& schema, const FittedEncoder& fitted, const TrainRequest& request,
                         const std::vector<std::string>& notes, const std::vector<std::string>& warnings) {
  std::vector<std::string> others;
  for (const OtherColumn& other : other_columns(schema, fitted, request)) {
    JsonObject column;
    column.add("name", other.info->name).add("type", encoding::type_name(other.info->type)).add("role", other.role);
    others.push_back(column.text());
  }
  const TargetCoding& target = fitted.target;
  JsonObject object;
  object.add("rows", schema.rows).add("features", fitted.encoder.features).raw("target", target_names_json(target));
  object.add("task", target.classification ? "classification" : "regression");
  object.raw("classes", target.classification ? json_texts(target.classes) : "null");
  object.raw("columns", columns_json(fitted.encoder)).raw("crosses", crosses_json(fitted.encoder)).raw("other_columns", json_list(others));
  return object.raw("notes", json_texts(notes)).raw("warnings", json_texts(warnings)).lines();
}

}  // namespace fallline::cli
