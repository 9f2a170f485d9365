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
      return chain.average_every == 1 ? fmt::format("mean:{}", chain.average_start)
                                      : fmt::format("mean:{}:{}", chain.average_start, chain.average_every);
    case Average::off:
      break;
  }
  return std::nullopt;
}

/// "ema", "ema:0.99", "mean", "mean:100", "mean:100:10", "off".
Result<void> read_average(const std::string& text, ChainOptions& to) {
  const auto parts = split(text, ':');
  const std::string kind(parts.front());
  const std::size_t most = kind == "off" ? 1 : kind == "ema" ? 2 : 3;
  if ((kind != "ema" && kind != "mean" && kind != "off") || parts.size() > most) {
    return bad_value("average", "ema, ema:DECAY, mean, mean:START, mean:START:EVERY or off", text);
  }
  to.average = kind == "ema" ? Average::ema : kind == "mean" ? Average::mean : Average::off;
  bool well = parts.size() < 2 || set_field(to, kind == "ema" ? "average_decay" : "average_start", parts[1]);
  well = well && (parts.size() < 3 || set_field(to, "average_every", parts[2]));
  return well ? Result<void>()
              : bad_value("average", "ema:DECAY with DECAY in [0, 1), or mean:START:EVERY with whole numbers from 0 and from 1", text);
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
      "average", "ema[:DECAY]|mean[:START[:EVERY]]", "keep averaged weights and give those as the model", ValueKind::text,
      [&to](const std::string& text) { return read_average(text, to); }, [&to] { return average_as_text(to); });
}

/// Every field of the chain is an option of its own name, but for those of the average, which one option tells together.
void add_chain(OptionList& list, ChainOptions& to) {
  for (const auto& f : ChainOptions::fields()) {
    if (f.name.starts_with("average")) {
      continue;
    }
    if (f.kind != FieldKind::choice) {
      list.field(f.name, f.kind == FieldKind::integer ? "N" : "R", to);
      continue;
    }
    std::string name(f.name);
    std::replace(name.begin(), name.end(), '_', '-');
    list.choice(
        std::move(name), f.choices, std::string(f.meaning), [&to, f](std::size_t at) { f.set(to, static_cast<double>(at)); },
        [&to, f] { return static_cast<std::size_t>(f.get(to)); });
  }
  add_average(list, to);
}

}  // namespace fallline::cli
