// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/online.hpp"
#include "cli/open_format.hpp"
#include "fallline/data/compressed/compressed.hpp"

namespace fallline::cli {

namespace {

Error without_end(std::string_view option, std::string_view why) {
  return usage_error(fmt::format("--{} does not go with --online: {}. Leave it out, or train on a file of the rows.", option, why));
}

}  // namespace

void add_online(OptionList& list, TrainRequest& to) {
  list.group("Endless streams");
  list.flag("online",
            "one pass over rows of CSV or LIBSVM text as they come, each predicted before it is learnt; told is the progressive loss, that "
            "of these predictions",
            to.online);
  list.number("first-rows", "N", FieldKind::integer, Range{1, 1e9},
              "with --online: rows that are held at the start to learn columns, levels, scales and the learning rate from", to.first_rows);
  list.number("width", "N", FieldKind::integer, Range{1, static_cast<double>(widest_matrix)},
              "with --online: numbered features (LIBSVM) that there is room for; without it 262,144, for networks those of the first rows",
              to.width);
}

Result<void> settle_online(const TrainRequest& request) {
  if (!request.online) {
    return {};
  }
  if (request.data.paths.size() != 1) {
    return usage_error("--online reads one stream: - for stdin, or one file or named pipe.");
  }
  const std::string& path = request.data.paths.front();
  const Format* format = !request.data.format.empty() ? format_named(request.data.format)
                         : path == "-"                ? format_named("csv")
                                                      : format_of_name(path);
  if (format != nullptr && format->name != "csv" && format->name != "tsv" && format->name != "libsvm") {
    return usage_error(fmt::format(
        "--online reads CSV, TSV and LIBSVM text as it comes, and {} is {}. Write it as one of these on its way.", path, format->said));
  }
  if (format == nullptr) {
    return usage_error(fmt::format("{}: the name does not tell the format. Pass --format csv|tsv|libsvm.", path));
  }
  if (compression_of(path) != Compression::none) {
    return usage_error(fmt::format("--online reads plain text. Unpack it on its way: zcat {} | fallline train - --online.", path));
  }
  if (request.restarts > 1) {
    return without_end("restarts", "a stream is read once");
  }
  if (request.class_weights.balanced) {
    return without_end("class-weight balanced", "the classes of a stream cannot be counted before its end; weights by name can be given");
  }
  if (!request.data.labels.empty()) {
    return without_end("labels", "the target is a column of the stream");
  }
  if (request.explain_input) {
    return without_end("explain-input", "it looks at all rows");
  }
  if (!request.init_from.empty() && !(request.encoder.features.empty() && request.encoder.ignore.empty())) {
    return usage_error("--features and --ignore do not go with --online and --init-from: the columns are those of the model.");
  }
  return {};
}

}  // namespace fallline::cli
