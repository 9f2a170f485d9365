// SPDX-License-Identifier: Apache-2.0
// The words of a command line, told apart into options and the rest.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/option.hpp"
#include "fallline/base/result.hpp"

namespace fallline::cli {

/// What was given: by option name the texts in order, and the words that are no options.
struct Words {
  std::map<std::string, std::vector<std::string>> options;
  std::vector<std::string> plain;
  bool help = false;
};

/// Usage errors: an option that is not known (the nearest is offered), one without its value, a flag with one.
Result<Words> parse_words(const std::string& verb, const std::vector<std::string>& arguments, const OptionList& known);

/// Sets every option that was given.
Result<void> apply_words(const Words& words, const OptionList& options);

/// The texts of one value: parts between commas for a list, else the text itself.
std::vector<std::string> texts_of(const Option& option, const std::string& text);

}  // namespace fallline::cli
