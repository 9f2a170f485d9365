// SPDX-License-Identifier: Apache-2.0
// What is done with files before any of their lines is looked at.
#pragma once

#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/data/csv.hpp"
#include "fallline/data/csv/file_text.hpp"

namespace fallline::csv {

/// Every file in UTF-8, and without a first line that names the delimiter (sep=;); what it names is taken into the options.
Result<void> prepare_files(std::vector<FileText>& files, CsvOptions& options, std::vector<std::string>& notes);

}  // namespace fallline::csv
