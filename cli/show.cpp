// SPDX-License-Identifier: Apache-2.0
// fallline show: what is in a model, for a person.
#include <fmt/format.h>

#include <algorithm>

#include "cli/coefficients.hpp"
#include "cli/json.hpp"
#include "cli/layers.hpp"
#include "cli/options.hpp"
#include "cli/parse.hpp"
#include "cli/show_columns.hpp"
#include "cli/show_data.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

using Table = std::vector<std::vector<std::string>>;

std::string columns_text(const Encoder& encoder) {
  return fmt::format("\n{}\n{}", bold_on_stdout("columns"), aligned(column_table(encoder), {false, false, true, true, false}));
}

std::string layers_text(const LinearModel& model) {
  Table rows = {{"", "inputs", "units", "parameters", "size of weights", "normalization", "activation"}};
  for (const LayerLine& line : layers_of(model)) {
    const auto count = [](std::size_t n) { return grouped(static_cast<std::int64_t>(n)); };
    rows.push_back({line.name, count(line.inputs), count(line.units), count(line.parameters), brief(line.weight_size), line.normalization,
                    line.activation});
  }
  return rows.size() == 1 ? std::string()
                          : fmt::format("\n{}\n{}", bold_on_stdout("layers"), aligned(rows, {false, true, true, true, true, false, false}));
}

/// The largest come first; nobody reads a hundred thousand.
std::string coefficients_text(const ScoreCoefficients& score) {
  constexpr std::size_t most_shown = 200;
  Table rows = {{"", "coefficient", "standardized"}, {"(intercept)", brief(score.intercept), ""}};
  for (std::size_t i = 0; i < std::min(most_shown, score.coefficients.size()); ++i) {
    const Coefficient& one = score.coefficients[i];
    rows.push_back({one.feature, brief(one.coefficient), brief(one.standardized)});
  }
  if (score.coefficients.size() > most_shown) {
    rows.push_back({fmt::format("and {} smaller ones: --csv lists all", score.coefficients.size() - most_shown), "", ""});
  }
  const std::string title = score.label.empty() ? "coefficients" : "coefficients of class " + score.label;
  return fmt::format("\n{}\n{}", bold_on_stdout(title), aligned(rows, {false, true, true}));
}

std::string trained_text(const Model& model) {
  Table rows;
  for (const auto& [name, value] : json_members(model.trained)) {
    rows.push_back({name, value});
  }
  return rows.empty() ? std::string() : fmt::format("\n{}\n{}", bold_on_stdout("trained"), aligned(rows));
}

std::string show_text(const Model& model) {
  const LinearModel& linear = model.linear;
  std::string text = fmt::format("{} model of {}", linear.model, model.target.name);
  text += model.target.classes.empty() ? "" : fmt::format(" ({})", join(model.target.classes, ", "));
  text += fmt::format(", loss {}, {} features{}\n", linear.loss, linear.inputs(), linear.intercept ? "" : ", no intercept");
  if (linear.activation != OutputActivation::identity) {
    text += fmt::format("prediction = {}(score)\n", output_activation_name(linear.activation));
  }
  text += columns_text(model.encoder) + layers_text(linear);
  for (const ScoreCoefficients& score : coefficients_of(model)) {
    text += coefficients_text(score);
  }
  return text + trained_text(model);
}

}  // namespace

Result<int> run_show(const Arguments& arguments, StopToken /*stop*/) {
  ModelRequest request;
  const OptionList options = show_options(request);
  const auto words = parse_words("show", arguments, options);
  if (!words) {
    return words.error();
  }
  if (words->help) {
    return print_help("show", options);
  }
  if (auto applied = apply_words(*words, options); !applied) {
    return applied.error();
  }
  if (words->plain.size() != 1) {
    return wrong_arguments("show", words->plain.empty() ? "No model was named." : "One model at a time is shown.");
  }
  const auto model = load_model(words->plain.front());
  if (!model) {
    return model.error();
  }
  if (request.csv && !model->linear.hidden.empty()) {
    return usage_error(
        fmt::format("{} is a network: it has layers, but no coefficients that --csv could list. --json tells of the layers; "
                    "the weights are initialisers of the ONNX graph.",
                    words->plain.front()));
  }
  const auto told = print(request.json ? show_json(*model) : request.csv ? show_csv(*model) : show_text(*model));
  return told ? Result<int>(0) : told.error();
}

}  // namespace fallline::cli
