// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluate_result.hpp"

#include <fmt/format.h>

#include <cmath>

#include "cli/json.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

using Table = std::vector<std::vector<std::string>>;

/// Everything but the first column flush right.
std::string table_text(const Table& table) {
  std::vector<bool> right(table[0].size(), true);
  right[0] = false;
  return "\n" + aligned(table, right);
}

std::string number(double x) { return std::isfinite(x) ? brief(x, 4) : "-"; }

/// Rows are true classes, columns predicted ones.
std::string confusion_text(const Metrics& metrics, const std::vector<std::string>& classes) {
  Table table = {{"true \\ predicted"}};
  table[0].insert(table[0].end(), classes.begin(), classes.end());
  for (std::size_t i = 0; i < metrics.confusion.size(); ++i) {
    table.push_back({classes.at(i)});
    for (const std::int64_t count : metrics.confusion[i]) {
      table.back().push_back(grouped(count));
    }
  }
  return table_text(table);
}

std::string classes_text(const Metrics& metrics, const std::vector<std::string>& classes) {
  Table table = {{"class", "precision", "recall", "f1", "support"}};
  for (std::size_t i = 0; i < metrics.classes.size(); ++i) {
    const ClassReport& report = metrics.classes[i];
    table.push_back({classes.at(i), number(report.precision), number(report.recall), number(report.f1), grouped(report.support)});
  }
  return table_text(table);
}

/// Whose probability the calibration is about.
std::string probability_of(const std::vector<std::string>& classes) {
  return classes.size() == 2 ? classes[1] : std::string("the predicted class");
}

std::string calibration_text(const Calibration& calibration, const std::vector<std::string>& classes) {
  Table table = {{"probability of " + probability_of(classes), "predicted", "observed", "rows"}};
  for (const CalibrationBin& bin : calibration.bins) {
    table.push_back({fmt::format("{:.1f} to {:.1f}", bin.from, bin.to), number(bin.predicted), number(bin.observed), grouped(bin.rows)});
  }
  return table_text(table) + fmt::format("  expected calibration error {}\n", number(calibration.error));
}

using Values = std::vector<std::pair<std::string, double>>;

/// One line for each label.
std::string values_text(const std::string& corner, const std::vector<std::string>& labels, const std::vector<Values>& lines) {
  Table table = {{corner}};
  for (const auto& [name, value] : lines.front()) {
    table[0].push_back(name);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    table.push_back({labels.at(i)});
    for (const auto& [name, value] : lines[i]) {
      table.back().push_back(number(value));
    }
  }
  return table_text(table);
}

std::string targets_text(const Metrics& metrics, const TargetCoding& target) {
  std::vector<Values> values;
  std::vector<Values> residuals;
  for (const TargetReport& report : metrics.targets) {
    values.push_back(report.values);
    residuals.push_back(report.residuals);
  }
  return values_text("target", target.names(), values) + values_text("target - prediction", target.names(), residuals);
}

std::string classes_json(const Metrics& metrics, const std::vector<std::string>& classes) {
  std::vector<std::string> reports;
  for (std::size_t i = 0; i < metrics.classes.size(); ++i) {
    const ClassReport& report = metrics.classes[i];
    JsonObject object;
    object.add("class", classes.at(i)).add("precision", report.precision).add("recall", report.recall).add("f1", report.f1);
    reports.push_back(object.add("support", report.support).text());
  }
  return json_list(reports);
}

std::string calibration_json(const Calibration& calibration, const std::vector<std::string>& classes) {
  std::vector<std::string> bins;
  for (const CalibrationBin& bin : calibration.bins) {
    JsonObject object;
    object.add("from", bin.from).add("to", bin.to).add("predicted", bin.predicted).add("observed", bin.observed);
    bins.push_back(object.add("rows", bin.rows).text());
  }
  JsonObject object;
  return object.add("probability_of", probability_of(classes)).add("error", calibration.error).raw("bins", json_list(bins)).text();
}

std::string values_json(const std::vector<std::pair<std::string, double>>& values) {
  JsonObject object;
  for (const auto& [name, value] : values) {
    object.add(name, value);
  }
  return object.text();
}

std::string targets_json(const Metrics& metrics, const TargetCoding& target) {
  std::vector<std::string> reports;
  for (std::size_t k = 0; k < metrics.targets.size(); ++k) {
    JsonObject object;
    object.add("target", target.column(k).name);
    for (const auto& [name, value] : metrics.targets[k].values) {
      object.add(name, value);
    }
    reports.push_back(object.raw("residuals", values_json(metrics.targets[k].residuals)).text());
  }
  return json_list(reports);
}

std::string intervals_json(const Metrics& metrics) {
  JsonObject object;
  for (std::size_t i = 0; i < metrics.intervals.size(); ++i) {
    const ConfidenceInterval& interval = metrics.intervals[i];
    object.raw(metrics.values[i].first, JsonObject().add("low", interval.low).add("high", interval.high).text());
  }
  return object.text();
}

}  // namespace

std::string metrics_text(const Metrics& metrics, const TargetCoding& target) {
  const std::vector<std::string>& classes = target.classes;
  Table table = {{"rows", grouped(metrics.rows)}};
  for (std::size_t i = 0; i < metrics.values.size(); ++i) {
    table.push_back({metrics.values[i].first, brief(metrics.values[i].second)});
    if (!metrics.intervals.empty()) {
      table.back().push_back(fmt::format("95% interval {} to {}", number(metrics.intervals[i].low), number(metrics.intervals[i].high)));
    }
  }
  std::string text = aligned(table);
  if (!metrics.residuals.empty()) {
    text += values_text("target - prediction", {""}, {metrics.residuals});
  }
  if (!metrics.targets.empty()) {
    text += targets_text(metrics, target);
  }
  if (!metrics.confusion.empty()) {
    text += confusion_text(metrics, classes) + classes_text(metrics, classes);
  }
  return text + (metrics.calibration ? calibration_text(*metrics.calibration, classes) : std::string());
}

std::string metrics_json(const Metrics& metrics, const TargetCoding& target) {
  const std::vector<std::string>& classes = target.classes;
  JsonObject object;
  object.add("rows", metrics.rows);
  for (const auto& [name, value] : metrics.values) {
    object.add(name, value);
  }
  if (!metrics.intervals.empty()) {
    object.raw("intervals", intervals_json(metrics));
  }
  if (!metrics.residuals.empty()) {
    object.raw("residuals", values_json(metrics.residuals));
  }
  if (!metrics.targets.empty()) {
    object.raw("per_target", targets_json(metrics, target));
  }
  if (!metrics.confusion.empty()) {
    std::vector<std::string> counts;
    for (const auto& row : metrics.confusion) {
      counts.push_back(json_numbers(row));
    }
    object.raw("confusion", JsonObject().raw("classes", json_texts(classes)).raw("counts", json_list(counts)).text());
    object.raw("per_class", classes_json(metrics, classes));
  }
  if (metrics.calibration) {
    object.raw("calibration", calibration_json(*metrics.calibration, classes));
  }
  return object.lines();
}

}  // namespace fallline::cli
