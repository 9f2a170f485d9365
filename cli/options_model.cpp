// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "cli/models.hpp"
#include "cli/options_special.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/loss.hpp"

namespace fallline::cli {

namespace {

std::optional<std::string> average_as_text(const ChainOptions& chain) {
  switch (chain.average) {
    case Average::ema:
      return fmt::format("ema:{}", shortest(chain.average_decay));
    case Average::mean:
      return fmt::format("mean:{}", chain.average_start);
    case Average::off:
      break;
  }
  return std::nullopt;
}

/// "ema", "ema:0.99", "mean", "mean:100", "off".
Result<void> read_average(const std::string& text, ChainOptions& to) {
  const auto colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  if ((kind != "ema" && kind != "mean" && kind != "off") || (kind == "off" && colon != std::string::npos)) {
    return bad_value("average", "ema, ema:DECAY, mean, mean:START or off", text);
  }
  to.average = kind == "ema" ? Average::ema : kind == "mean" ? Average::mean : Average::off;
  if (colon == std::string::npos) {
    return {};
  }
  const Result<bool> set = set_field(to, kind == "ema" ? "average_decay" : "average_start", text.substr(colon + 1));
  return set ? Result<void>() : bad_value("average", "ema:DECAY with DECAY in [0, 1) or mean:START with START a whole number from 0", text);
}

}  // namespace

void add_model_name(OptionList& list, ModelOptions& to) {
  std::vector<std::string> names;
  for (const ModelInfo& info : list_models()) {
    names.push_back(info.name);
  }
  list.special(
      "model", join(names, "|"), "what is fitted; without it by the target: numbers linear, two classes logistic, more softmax",
      ValueKind::text,
      [&to, names](const std::string& text) -> Result<void> {
        if (std::find(names.begin(), names.end(), text) == names.end()) {
          return usage_error(fmt::format("--model {} is not known; the models are {}.{}", fallline::quoted(text), join(names, ", "),
                                         did_you_mean(text, names)));
        }
        to.model = text;
        return {};
      },
      [&to] { return to.model.empty() ? std::nullopt : std::optional(to.model); });
}

void add_loss_name(OptionList& list, ModelOptions& to) {
  std::vector<std::string> names;
  for (const LossInfo& info : list_losses()) {
    names.push_back(info.name);
  }
  list.special(
      "loss", "NAME", "what is minimised: " + join(names, ", ") + "; without it by the model", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (const auto loss = make_loss(text); !loss) {
          return usage_error("--loss: " + loss.error().message);
        }
        to.loss = text;
        return {};
      },
      [&to] { return to.loss.empty() ? std::nullopt : std::optional(to.loss); });
}

void add_no_intercept(OptionList& list, ModelOptions& to) {
  list.add({"no-intercept", "", "", "predict 0 where every feature is 0", ValueKind::flag,
            [&to](const std::vector<std::string>&) -> Result<void> {
              to.intercept = false;
              return {};
            },
            [&to] { return to.intercept ? std::nullopt : std::optional(std::vector<std::string>{"true"}); }});
}

void add_output_activation(OptionList& list, ModelOptions& to) {
  list.special(
      "output-activation", "NAME", "what a regression score goes through: identity, sigmoid, tanh, relu, softplus or exp", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (const Result<OutputActivation> known = parse_output_activation(text); !known) {
          return usage_error("--output-activation: " + known.error().message);
        }
        to.output_activation = text;
        return {};
      },
      [&to] { return std::optional(to.output_activation); });
}

void add_learning_rate(OptionList& list, TrainOptions& to) {
  list.special(
      "learning-rate", "R|auto", "length of the steps; auto measures the data", ValueKind::number,
      [&to](const std::string& text) -> Result<void> {
        if (text == "auto") {
          to.learning_rate.reset();
          return {};
        }
        const auto rate = parse_double(text);
        if (!rate || !positive.holds(*rate)) {
          return bad_value("learning-rate", "a number above 0, or auto", text);
        }
        to.learning_rate = rate;
        return {};
      },
      [&to] { return std::optional(to.learning_rate ? shortest(*to.learning_rate) : std::string("auto")); });
}

void add_batch_size(OptionList& list, TrainOptions& to) {
  list.special(
      "batch-size", "N|full", "rows a step: 1 is stochastic, full is all; without it by the optimizer", ValueKind::number,
      [&to](const std::string& text) -> Result<void> {
        const auto size = text == "full" ? 0 : parse_int(text).value_or(-1);
        if (size < 0 || (size == 0 && text != "full")) {
          return bad_value("batch-size", "a whole number from 1, or full", text);
        }
        to.batch_size = static_cast<std::size_t>(size);
        return {};
      },
      [&to]() -> std::optional<std::string> {
        if (!to.batch_size) {
          return std::nullopt;
        }
        return *to.batch_size == 0 ? std::string("full") : fmt::format("{}", *to.batch_size);
      });
}

static void add_average(OptionList& list, ChainOptions& to) {
  list.special(
      "average", "ema[:DECAY]|mean[:START]", "keep averaged weights and give those as the model", ValueKind::text,
      [&to](const std::string& text) { return read_average(text, to); }, [&to] { return average_as_text(to); });
}

void add_chain(OptionList& list, ChainOptions& to) {
  list.field("accumulate", "N", to);
  list.field("l2", "R", to);
  list.field("l1", "R", to);
  list.field("weight_decay", "R", to);
  list.field("clip_norm", "C", to);
  list.field("clip_value", "C", to);
  add_average(list, to);
}

}  // namespace fallline::cli
