// SPDX-License-Identifier: Apache-2.0
// The options of hidden layers.
#include <fmt/format.h>

#include "cli/options_special.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/hidden_activation.hpp"
#include "fallline/model/network/initial.hpp"
#include "fallline/model/network/normalization_names.hpp"

namespace fallline::cli {

namespace {

/// "128,64", once or as repeated options.
Result<void> read_hidden(const std::vector<std::string>& texts, std::vector<std::size_t>& to) {
  std::vector<std::size_t> widths;
  for (const std::string& text : texts) {
    for (const std::string_view part : split(text, ',')) {
      const auto width = parse_int(part);
      if (!width || *width < 1 || *width > 1'000'000) {
        return bad_value("hidden", "the widths of the hidden layers, whole numbers from 1 to 1,000,000 such as 128,64", text);
      }
      widths.push_back(static_cast<std::size_t>(*width));
    }
  }
  to = std::move(widths);
  return {};
}

void add_hidden(OptionList& list, NetworkOptions& to) {
  list.add({"hidden", "N,N", "", "widths of the hidden layers, from the input on; they make the model an mlp", ValueKind::list,
            [&to](const std::vector<std::string>& texts) { return read_hidden(texts, to.hidden); },
            [&to]() -> std::optional<std::vector<std::string>> {
              if (to.hidden.empty()) {
                return std::nullopt;
              }
              std::vector<std::string> widths;
              for (const std::size_t width : to.hidden) {
                widths.push_back(std::to_string(width));
              }
              return widths;
            }});
}

/// The step is that of the classic perceptron, which has no hidden layers.
void add_activation(OptionList& list, ModelOptions& to) {
  std::vector<std::string> names;
  for (const ActivationInfo& info : list_activations()) {
    names.push_back(info.name);
  }
  list.special(
      "activation", "NAME", "what hidden units put out: " + join(names, ", ") + "; see fallline list activations", ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (const auto known = parse_activation(text); !known) {
          return usage_error("--activation: " + known.error().message);
        }
        to.network.activation = text;
        return {};
      },
      [&to] { return to.network.hidden.empty() ? std::nullopt : std::optional(to.network.activation); });
}

void add_init(OptionList& list, ModelOptions& to) {
  list.special(
      "init", "NAME", "how weights of networks are drawn: " + join(initial_names(), ", ") + "; auto goes by the activation",
      ValueKind::text,
      [&to](const std::string& text) -> Result<void> {
        if (const auto known = parse_initial(text); !known) {
          return usage_error("--init: " + known.error().message);
        }
        to.initial = text;
        return {};
      },
      [&to] { return to.network.hidden.empty() ? std::nullopt : std::optional(to.initial); });
}

}  // namespace

void add_network(OptionList& list, ModelOptions& to) {
  add_hidden(list, to.network);
  add_activation(list, to);
  add_init(list, to);
  list.number("dropout", "P", FieldKind::real, Range{0, 1, false, true}, "share of the hidden units left out at random in each step",
              to.network.dropout);
  list.choice(
      "normalization", join(std::vector<std::string>(normalization_names.begin(), normalization_names.end()), "|"),
      "of what goes into each hidden activation: over the rows of the batch, or over the units",
      [&to](std::size_t at) { to.network.normalization = static_cast<Normalization>(at); },
      [&to] { return static_cast<std::size_t>(to.network.normalization); });
}

void add_starts(OptionList& list, TrainRequest& to) {
  list.text("init-from", "MODEL", "start from the weights of a model: all where it has the same shape, else those of the layers that fit",
            to.init_from);
  list.number("restarts", "K", FieldKind::integer, Range{1, 1000},
              "starts of a network from seeds of their own (seed, seed + 1, ...), side by side; the lowest validation loss, or objective "
              "where no rows are held out, is kept",
              to.restarts);
}

}  // namespace fallline::cli
