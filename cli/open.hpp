// SPDX-License-Identifier: Apache-2.0
// From the words for data (files, globs, "-") to a source.
#pragma once

#include <memory>
#include <string>

#include "cli/options.hpp"
#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/source.hpp"

namespace fallline::cli {

/// Opens what was asked for. A file that is missing, or of a format that is not read, is a data error.
Result<std::unique_ptr<Source>> open_data(const DataRequest& request);

/// The bytes of one file, unpacked where its name ends in .gz or .zst.
/// memory: what is unpacked goes to a scratch file where it has no room; it outlives the text, and may be null.
Result<csv::FileText> open_text(const std::string& path, Memory* memory);

}  // namespace fallline::cli
