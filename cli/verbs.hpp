// SPDX-License-Identifier: Apache-2.0
// The verbs: what stands behind each word, and the help derived from their options.
#pragma once

#include <string>
#include <vector>

#include "cli/option.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"

namespace fallline::cli {

/// A verb reads its arguments and gives the exit code; an Error is printed and its code is the exit code. `stop` is set by SIGINT and
/// SIGTERM.
using Arguments = std::vector<std::string>;
struct Verb {
  std::string name;
  std::string arguments;
  std::string summary;
  Result<int> (*run)(const Arguments& arguments, StopToken stop);
};

const std::vector<Verb>& verbs();

Result<int> run_train(const Arguments& arguments, StopToken stop);
Result<int> run_predict(const Arguments& arguments, StopToken stop);
Result<int> run_evaluate(const Arguments& arguments, StopToken stop);
Result<int> run_show(const Arguments& arguments, StopToken stop);
Result<int> run_descend(const Arguments& arguments, StopToken stop);
Result<int> run_list(const Arguments& arguments, StopToken stop);

/// Everything behind the program's name.
Result<int> run_command_line(const Arguments& arguments, StopToken stop);

/// Prints what `verb --help` says.
Result<int> print_help(const std::string& verb, const OptionList& options);

/// A usage error that names the verb's form: "fallline predict takes MODEL DATA...".
Error wrong_arguments(const std::string& verb, const std::string& what);

}  // namespace fallline::cli
