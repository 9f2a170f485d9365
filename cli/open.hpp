// SPDX-License-Identifier: Apache-2.0
// From the words for data (files, globs, "-") to a source.
#pragma once

#include <memory>

#include "cli/options.hpp"
#include "fallline/data/source.hpp"

namespace fallline::cli {

/// Opens what was asked for. A file that is missing, or of a format that is not read, is a data error.
Result<std::unique_ptr<Source>> open_data(const DataRequest& request);

}  // namespace fallline::cli
