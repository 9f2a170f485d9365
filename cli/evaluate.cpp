// SPDX-License-Identifier: Apache-2.0
// fallline evaluate: the metrics of a model on labelled data.
#include "fallline/train/evaluate.hpp"

#include <fmt/format.h>

#include "cli/json.hpp"
#include "cli/model_data.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

template <class T>
Result<Metrics> evaluate_as(ModelData& data, const std::string& weight, ThreadPool& pool) {
  const auto encoded = encode<T>(*data.source, data.schema, data.model.encoder, &data.model.target, weight, pool);
  if (!encoded) {
    return encoded.error();
  }
  data.source.reset();
  return evaluate(data.model, *encoded, pool);
}

std::string metrics_json(const Metrics& metrics, const std::vector<std::string>& classes) {
  JsonObject object;
  object.add("rows", metrics.rows);
  for (const auto& [name, value] : metrics.values) {
    object.add(name, value);
  }
  if (!metrics.confusion.empty()) {
    std::vector<std::string> counts;
    for (const auto& row : metrics.confusion) {
      counts.push_back(json_numbers(row));
    }
    object.raw("confusion", JsonObject().raw("classes", json_texts(classes)).raw("counts", json_list(counts)).text());
  }
  return object.lines();
}

/// Rows are true classes, columns predicted ones.
std::string confusion_text(const Metrics& metrics, const std::vector<std::string>& classes) {
  std::vector<std::vector<std::string>> rows = {{"true \\ predicted"}};
  rows[0].insert(rows[0].end(), classes.begin(), classes.end());
  for (std::size_t i = 0; i < metrics.confusion.size(); ++i) {
    rows.push_back({classes.at(i)});
    for (const std::int64_t count : metrics.confusion[i]) {
      rows.back().push_back(grouped(count));
    }
  }
  std::vector<bool> right(classes.size() + 1, true);
  right[0] = false;
  return "\n" + aligned(rows, right);
}

std::string metrics_text(const Metrics& metrics, const std::vector<std::string>& classes) {
  std::vector<std::vector<std::string>> rows = {{"rows", grouped(metrics.rows)}};
  for (const auto& [name, value] : metrics.values) {
    rows.push_back({name, brief(value)});
  }
  return aligned(rows) + (metrics.confusion.empty() ? std::string() : confusion_text(metrics, classes));
}

}  // namespace

Result<int> run_evaluate(const Arguments& arguments, StopToken stop) {
  ModelRequest request;
  const OptionList options = evaluate_options(request);
  const auto words = read_model_request("evaluate", arguments, options, request);
  if (!words) {
    return words.error();
  }
  if (words->help) {
    return print_help("evaluate", options);
  }
  ThreadPool pool(request.threads);
  auto data = open_model_data(request, true, pool, stop);
  if (!data) {
    return data.error();
  }
  const bool wide = data->model.linear.double_precision;
  const auto metrics = wide ? evaluate_as<double>(*data, request.weight, pool) : evaluate_as<float>(*data, request.weight, pool);
  if (!metrics) {
    return metrics.error();
  }
  const auto& classes = data->model.target.classes;
  const auto told = print(request.json ? metrics_json(*metrics, classes) : metrics_text(*metrics, classes));
  return told ? Result<int>(0) : told.error();
}

}  // namespace fallline::cli
