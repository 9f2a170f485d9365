// SPDX-License-Identifier: Apache-2.0
// The one table of the formats that data is read from: their names for --format, the endings of file names that mean them, how each is
// opened. Beside it the first bytes of other kinds of files, so that a file that is not what its name says is told apart and never guessed
// at.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.hpp"
#include "fallline/base/result.hpp"
#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/source.hpp"

namespace fallline::cli {

struct Format {
  std::string_view name;
  std::string_view said;  // in a sentence: "a CSV file"
  std::vector<std::string_view> endings;
  bool packed;  // whether it makes sense inside .gz and .zst
  bool labels;  // whether the target may stand in a file of its own
  Result<std::unique_ptr<Source>> (*open)(std::vector<csv::FileText> files, const DataRequest& request);
};

const std::vector<Format>& formats();

/// "csv|tsv|..." for help and errors.
std::string format_names();

/// Null where there is none of that name.
const Format* format_named(std::string_view name);

/// The format that the end of a file name means, .gz and .zst put aside; null where it means none.
const Format* format_of_name(std::string_view path);

/// An error where the bytes are known to be of another format than `format`; `why` says who claims it is that.
Result<void> check_bytes(const csv::FileText& file, const Format& format, std::string_view why);

}  // namespace fallline::cli
