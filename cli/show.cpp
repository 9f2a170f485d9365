// SPDX-License-Identifier: Apache-2.0
// fallline show: what is in a model, for a person.
#include <fmt/format.h>

#include "cli/coefficients.hpp"
#include "cli/json.hpp"
#include "cli/options.hpp"
#include "cli/parse.hpp"
#include "cli/show_data.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

using Table = std::vector<std::vector<std::string>>;

std::string number_coding(const NumberCoding& number) {
  if (number.constant) {
    return "one value in training, left out";
  }
  std::string how =
      number.center != 0 || number.scale != 1 ? fmt::format("(x - {}) * {}", brief(number.center), brief(number.scale)) : "as it is";
  return how + (number.indicator ? fmt::format(", missing is {} with an indicator", brief(number.impute)) : "");
}

std::string text_coding(const TextCoding& text) {
  constexpr std::size_t few = 6;
  std::vector<std::string> levels(text.levels.begin(),
                                  text.levels.begin() + static_cast<std::ptrdiff_t>(std::min(few, text.levels.size())));
  return fmt::format("{} {}: {}{}{}{}", text.levels.size(), text.levels.size() == 1 ? "level" : "levels", join(levels, ", "),
                     text.levels.size() > few ? ", ..." : "", text.other ? ", other" : "", text.missing ? ", missing" : "");
}

std::string columns_text(const Encoder& encoder) {
  Table rows;
  for (const EncodedColumn& column : encoder.columns) {
    const bool number = holds_numbers(column.type);
    rows.push_back({column.name, number ? "number" : "text", number ? number_coding(column.number) : text_coding(column.text)});
  }
  if (encoder.matrix) {
    const MatrixCoding& matrix = *encoder.matrix;
    rows.push_back({fmt::format("{} to {}", matrix.first_number, matrix.first_number + matrix.width - 1), "numbered features",
                    matrix.scale.empty() ? "as they are" : "x / largest |x| in training"});
  }
  return fmt::format("\n{}\n{}", bold_on_stdout("columns"), aligned(rows));
}

std::string coefficients_text(const ScoreCoefficients& score) {
  Table rows = {{"", "coefficient", "standardized"}, {"(intercept)", brief(score.intercept), ""}};
  for (const Coefficient& one : score.coefficients) {
    rows.push_back({one.feature, brief(one.coefficient), brief(one.standardized)});
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
  text += fmt::format(", loss {}, {} features{}\n", linear.loss, linear.features, linear.intercept ? "" : ", no intercept");
  if (linear.activation != OutputActivation::identity) {
    text += fmt::format("prediction = {}(score)\n", output_activation_name(linear.activation));
  }
  text += columns_text(model.encoder);
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
  const auto told = print(request.json ? show_json(*model) : request.csv ? show_csv(*model) : show_text(*model));
  return told ? Result<int>(0) : told.error();
}

}  // namespace fallline::cli
