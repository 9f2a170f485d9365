// SPDX-License-Identifier: Apache-2.0
// generate --rows N [...]: writes tables of any size to stdout, the same bytes for the same options. Every cell is a function of (seed,
// row, column), so little memory is needed, and the classes come from a known linear model, so that what is learnt can be checked.
// table.hpp tells what the rows of CSV and Parquet are (the same ones for the same options), sparse.hpp those of LIBSVM.
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "fallline/base/numbers.hpp"
#include "tools/generate/options.hpp"
#include "tools/generate/parquet.hpp"
#include "tools/generate/sparse.hpp"
#include "tools/generate/table.hpp"

namespace {

using generate::Format;
using generate::Options;

constexpr const char* usage =
    "generate [--format csv|parquet|libsvm] [--rows N] [--seed S] > FILE\n"
    "  csv, parquet: [--numbers N] [--texts N] [--levels N] [--task classification|regression] [--sorted 0|1]\n"
    "  libsvm:       [--features N] [--nonzeros N]\n";

bool read_format(std::string_view name, Format& format) {
  const bool known = name == "csv" || name == "parquet" || name == "libsvm";
  format = name == "libsvm" ? Format::libsvm : name == "parquet" ? Format::parquet : Format::csv;
  return known;
}

bool read(int count, char** words, Options& options) {
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    const std::string value = words[i + 1];
    const auto number = fallline::parse_int(value);
    const auto known = options.counts.find(std::string(name.substr(std::min<std::size_t>(2, name.size()))));
    if (name == "--format" && read_format(value, options.format)) {
      continue;
    }
    if (name == "--task" && (value == "classification" || value == "regression")) {
      options.regression = value == "regression";
    } else if (name.starts_with("--") && known != options.counts.end() && number && *number >= 0) {
      known->second = *number;
    } else {
      return false;
    }
  }
  return count % 2 == 1 && options.of("levels") > 0 && options.of("features") > 0 && options.of("features") < (1U << 28U) &&
         !(options.regression && options.of("sorted") != 0);
}

fallline::Result<void> write(const Options& options) {
  if (options.format == Format::libsvm) {
    generate::write_sparse(options);
    return {};
  }
  const generate::Table table(options);
  if (options.format == Format::parquet) {
    return generate::write_parquet(table);
  }
  generate::write_csv(table);
  return {};
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read(count, words, options)) {
    std::fputs(usage, stderr);
    return 2;
  }
  const fallline::Result<void> written = write(options);
  if (!written) {
    std::fprintf(stderr, "generate: %s\n", written.error().message.c_str());
    return static_cast<int>(written.error().code);
  }
  return 0;
}
