// SPDX-License-Identifier: Apache-2.0
// Options from and to a JSON file: the same names as on the command line, and "data" for the files.
#pragma once

#include <string>

#include "cli/option.hpp"
#include "cli/parse.hpp"
#include "fallline/base/result.hpp"

namespace fallline::cli {

/// Adds to `words` what the file says and the command line left open. A name that is not an option is a usage error that offers the
/// nearest.
Result<void> read_config(const std::string& path, const OptionList& options, Words& words);

/// Every option in effect, as read_config would read it.
std::string config_text(const OptionList& options, const std::vector<std::string>& data);

}  // namespace fallline::cli
