// SPDX-License-Identifier: Apache-2.0
// fallline descend: minimise a landscape or a typed formula, tell what came of it.
#include <string>

#include "cli/descend_options.hpp"
#include "cli/descend_plot.hpp"
#include "cli/descend_result.hpp"
#include "cli/descend_run.hpp"
#include "cli/narrator.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"
#include "cli/terminal.hpp"
#include "cli/train_result.hpp"
#include "cli/verbs.hpp"

namespace fallline::cli {

namespace {

/// A formula may begin with a sign: "-x^2" is set behind "--", where it is not taken for an option.
Arguments with_signed_formula(const Arguments& arguments, const OptionList& options) {
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    if (word.starts_with("--")) {
      const Option* option = options.find(word.substr(2));
      i += option != nullptr && option->kind != ValueKind::flag ? 1 : 0;  // its value
    } else if (word.size() > 1 && word.front() == '-' && word.find_first_of("xyzw0123456789(") != std::string::npos) {
      Arguments out = arguments;
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
      out.insert(out.end(), {"--", word});
      return out;
    }
  }
  return arguments;
}

Result<Words> read_request(const Arguments& arguments, const OptionList& options, DescendRequest& request) {
  auto words = parse_words("descend", with_signed_formula(arguments, options), options);
  if (!words || words->help) {
    return words;
  }
  if (auto applied = apply_words(*words, options); !applied) {
    return applied.error();
  }
  if (words->plain.size() != 1) {
    return wrong_arguments("descend", words->plain.empty() ? "No function was named."
                                                           : "One function is descended at a time; put a formula with blanks in quotes.");
  }
  request.function = words->plain.front();
  return words;
}

/// Messages of files speak of --out.
Error of_trace(Error error) {
  if (const auto at = error.message.find("--out"); at != std::string::npos) {
    error.message.replace(at, 5, "--trace");
  }
  return error;
}

}  // namespace

Result<int> run_descend(const Arguments& arguments, StopToken stop) {
  DescendRequest request;
  const OptionList options = descend_options(request);
  const auto words = read_request(arguments, options, request);
  if (!words) {
    return words.error();
  }
  if (words->help) {
    return print_help("descend", options);
  }
  const auto landscape = settle(request);
  if (!landscape) {
    return landscape.error();
  }
  if (auto well = request.trace.empty() ? Result<void>() : check_writable(request.trace); !well) {
    return of_trace(well.error());
  }
  const bool plot = plot_wanted(request, (*landscape)->info());
  const auto descended = descend(request, **landscape, plot || !request.trace.empty(), stop);
  if (!descended) {
    return descended.error();
  }
  if (!request.trace.empty()) {
    if (auto written = write_output(request.trace, trace_csv(descended->end)); !written) {
      return of_trace(written.error());
    }
  }
  Narrator narrator(request.log);
  for (const std::string& warning : descended->warnings) {
    narrator.tell("warning", warning);
  }
  std::string told = request.json ? descend_json(request, **landscape, *descended) : descend_text(request, **landscape, *descended);
  if (plot) {
    told += "\n" + descend_plot(**landscape, descended->end);
  }
  const auto printed = print(told);
  return printed ? Result<int>(exit_code(descended->end.outcome)) : printed.error();
}

}  // namespace fallline::cli
