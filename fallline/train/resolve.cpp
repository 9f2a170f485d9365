// SPDX-License-Identifier: Apache-2.0
// What the user leaves open about the model is decided by the target; what does not fit the target is refused.
#include <fmt/format.h>

#include <array>
#include <vector>

#include "fallline/base/text.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/model/network/initial.hpp"
#include "fallline/model/network/network.hpp"
#include "fallline/train/train.hpp"

namespace fallline {

namespace {

struct ModelKind {
  std::string_view name;
  std::string_view loss;  // its default; "": by the target
};

constexpr std::array<ModelKind, 5> kinds = {
    {{"linear", "squared"}, {"logistic", "logistic"}, {"softmax", "cross_entropy"}, {"perceptron", "perceptron"}, {"mlp", ""}}};

constexpr std::size_t default_width = 100;

Result<ModelKind> kind_named(std::string_view name) {
  std::vector<std::string> names;
  for (const ModelKind& kind : kinds) {
    if (kind.name == name) {
      return kind;
    }
    names.emplace_back(kind.name);
  }
  return usage_error(fmt::format("There is no model {}.{} The models are {}.", quoted(name), did_you_mean(name, names), join(names, ", ")));
}

/// The model that a loss alone stands for.
std::string model_for(const LossInfo& loss, std::size_t classes) {
  if (loss.task == LossTask::multiclass) {
    return "softmax";
  }
  if (loss.name == "logistic" && classes == 2) {
    return "logistic";
  }
  return loss.name == "perceptron" ? "perceptron" : "linear";
}

/// Hidden layers make a network of what would be linear; a network without any gets one.
Result<void> resolve_hidden(ModelOptions& options) {
  if (options.network.hidden.empty() && options.model != "mlp") {
    const NetworkOptions none;
    const bool given = options.network.activation != none.activation || options.network.dropout != 0 ||
                       options.network.normalization != Normalization::none || options.initial != "auto";
    return given ? usage_error(
                       "Activation, dropout, normalisation and initialisation are those of hidden layers, and there are none. Pass "
                       "--hidden 100, say.")
                 : Result<void>();
  }
  if (options.network.hidden.empty()) {
    options.network.hidden = {default_width};
  }
  if (options.model.empty()) {
    options.model = "mlp";
  }
  if (options.model != "mlp") {
    return usage_error(
        fmt::format("The model {} has no hidden layers. Leave --hidden out, or --model, which makes it an mlp.", options.model));
  }
  if (const auto initial = parse_initial(options.initial); !initial) {
    return initial.error();
  }
  return check_network(options.network);
}

bool wants_classes(LossTask task) { return task == LossTask::binary || task == LossTask::multiclass; }

Result<void> fits(const ModelOptions& options, const LossInfo& loss, const TargetCoding& target) {
  if (target.classification && !wants_classes(loss.task)) {
    return usage_error(
        fmt::format("The loss {} needs a number to predict, but the target {} holds classes ({}). {}", loss.name, quoted(target.name),
                    join(target.classes, ", "),
                    target.numeric ? "Pass --task regression, or leave --loss and --model out." : "Leave --loss and --model out."));
  }
  if (!target.classification && wants_classes(loss.task)) {
    return usage_error(
        fmt::format("The loss {} needs classes to tell apart, but the target {} holds numbers. Pass --task classification, or "
                    "leave --loss and --model out.",
                    loss.name, quoted(target.name)));
  }
  if (options.model == "logistic" && (loss.name != "logistic" || target.classes.size() != 2)) {
    return usage_error(
        fmt::format("The logistic model is for the loss logistic and 2 classes; here the loss is {} and the classes are {}. Use "
                    "--model softmax for several classes.",
                    loss.name, target.classes.size()));
  }
  if (options.model == "softmax" && loss.task != LossTask::multiclass) {
    return usage_error(
        fmt::format("The softmax model is trained with cross_entropy, not {}. Use --model linear with that loss.", loss.name));
  }
  if (options.output_activation != "identity" && loss.task != LossTask::regression) {
    return usage_error("--output-activation is for regression losses; classes and counts have their own.");
  }
  return {};
}

}  // namespace

Result<ModelOptions> resolve_model(ModelOptions options, const TargetCoding& target) {
  const std::size_t classes = target.classes.size();
  if (const auto well = resolve_hidden(options); !well) {
    return well.error();
  }
  if (options.model.empty() && options.loss.empty()) {
    options.model = !target.classification ? "linear" : (classes == 2 ? "logistic" : "softmax");
  }
  if (!options.model.empty()) {
    const auto kind = kind_named(options.model);
    if (!kind) {
      return kind.error();
    }
    const std::string_view by_target = !target.classification ? "squared" : (classes == 2 ? "logistic" : "cross_entropy");
    options.loss = !options.loss.empty() ? options.loss : std::string(kind->loss.empty() ? by_target : kind->loss);
  }
  const auto loss = make_loss(options.loss);
  if (!loss) {
    return loss.error();
  }
  if (options.model.empty()) {
    options.model = model_for((*loss)->info(), classes);
  }
  if (const auto activation = parse_output_activation(options.output_activation); !activation) {
    return activation.error();
  }
  if (const auto well = fits(options, (*loss)->info(), target); !well) {
    return well.error();
  }
  return options;
}

}  // namespace fallline
