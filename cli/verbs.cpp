// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

const Verb* find_verb(const std::string& name) {
  const auto& all = verbs();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Verb& verb) { return verb.name == name; });
  return at == all.end() ? nullptr : &*at;
}

std::string general_help() {
  std::vector<std::vector<std::string>> rows;
  for (const Verb& verb : verbs()) {
    rows.push_back({verb.name, verb.arguments, verb.summary});
  }
  return "Fallline trains models by gradient descent and says why a run ended as it did.\n\n"
         "Usage: fallline VERB [ARGUMENTS] [OPTIONS]\n\n" +
         aligned(rows) +
         "\nExample:\n"
         "  fallline train houses.csv --target price\n"
         "  fallline predict model.onnx new-houses.csv\n\n"
         "fallline VERB --help tells the options of a verb, fallline --version the version.\n"
         "Exit codes: 0 done, 2 usage, 3 diverged, 4 stalled, 5 data, 6 no room, 130 interrupted.\n";
}

Error unknown_verb(const std::string& name) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) {
    names.push_back(verb.name);
  }
  return usage_error(fmt::format("{} is not a verb; there are {}.{} fallline --help tells more.", fallline::quoted(name), join(names, ", "),
                                 did_you_mean(name, names)));
}

/// The default, where an option has one to tell.
std::string default_of(const Option& option) {
  const auto texts = option.get();
  return texts && option.kind != ValueKind::flag && !texts->empty() ? fmt::format(" [{}]", join(*texts, ",")) : std::string();
}

std::string option_help(const Option& option) {
  constexpr std::size_t column = 34;
  std::string head = fmt::format("  --{}{}{}", option.name, option.value.empty() ? "" : " ", option.value);
  head += head.size() + 2 > column ? "\n" + std::string(column, ' ') : std::string(column - head.size(), ' ');
  return head + wrapped(option.meaning + default_of(option), column) + "\n";
}

}  // namespace

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = {
      {"train", "DATA...", "fits a model to data files (- is stdin)", run_train},
      {"predict", "MODEL DATA...", "predictions of a model, a line a row, as CSV, Parquet or Arrow", run_predict},
      {"evaluate", "MODEL DATA...", "how well a model does on labelled data", run_evaluate},
      {"show", "MODEL", "what is in a model: columns, coefficients, how it was trained", run_show},
      {"descend", "FUNCTION", "minimises a landscape (rosenbrock, say) or a typed formula in x, y, ...", run_descend},
      {"list", "[WHAT...]", "optimizers, schedules, losses, activations, landscapes and models with their settings", run_list},
  };
  return all;
}

Error wrong_arguments(const std::string& verb, const std::string& what) {
  return usage_error(fmt::format("{} The form is: fallline {} {}.", what, verb, find_verb(verb)->arguments));
}

Result<int> print_help(const std::string& verb, const OptionList& options) {
  const Verb& about = *find_verb(verb);
  std::string text = fmt::format("fallline {} {}: {}\n", about.name, about.arguments, about.summary);
  std::string group;
  for (const Option& option : options.all()) {
    if (option.group != group) {
      group = option.group;
      text += fmt::format("\n{}:\n", bold_on_stdout(group));
    }
    text += option_help(option);
  }
  if (const auto printed = print(text); !printed) {
    return printed.error();
  }
  return 0;
}

Result<int> run_command_line(const Arguments& arguments, StopToken stop) {
  if (arguments.empty()) {
    return usage_error("A verb is missing, such as in: fallline train data.csv --target y. fallline --help lists the verbs.");
  }
  const std::string& first = arguments.front();
  const bool help = first == "--help" || first == "-h" || first == "help";
  if (help || first == "--version") {
    const auto printed = print(help ? general_help() : std::string("fallline " FALLLINE_VERSION "\n"));
    return printed ? Result<int>(0) : printed.error();
  }
  if (const Verb* verb = find_verb(first)) {
    return verb->run({arguments.begin() + 1, arguments.end()}, stop);
  }
  return unknown_verb(first);
}

}  // namespace fallline::cli
