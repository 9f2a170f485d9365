// SPDX-License-Identifier: Apache-2.0
#include "cli/online_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/open_format.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/train/online_width.hpp"
#include "fallline/train/target_domain.hpp"

namespace fallline::cli {

namespace {

constexpr std::size_t usual_width = std::size_t{1} << 18U;

/// The message names rows of a piece, which is one row here: of the stream it is a line.
Error at_line(Error error, const std::string& name, std::size_t line) {
  const std::string row = encoding::row_name(0);
  const std::size_t at = error.message.find(row);
  if (at != std::string::npos) {
    error.message.replace(at, row.size(), fmt::format("line {} of {}", line, name));
  }
  return error;
}

}  // namespace

Result<void> OnlineInput::open() {
  const std::string& path = request_.data.paths.front();
  auto bytes = online::open_bytes(path);
  if (!bytes) {
    return bytes.error();
  }
  const Format* named = !request_.data.format.empty() ? format_named(request_.data.format) : format_of_name(path);
  const std::string_view format = named != nullptr ? named->name : "csv";
  const std::string name = path == "-" ? "stdin" : path;
  if (format == "libsvm") {
    auto stream = RowStream::libsvm(std::move(*bytes), name);
    if (!stream) {
      return stream.error();
    }
    stream_.emplace(std::move(*stream));
    return {};
  }
  CsvOptions options = request_.data.csv;
  if (format == "tsv" && !request_.data.delimiter_given) {
    options.delimiter = '\t';
  }
  for (const auto& [column, coding] : request_.encoder.hashed) {
    if (!column.starts_with('@')) {
      options.types.try_emplace(column, ColumnType::text);  // what is to be hashed is text, whatever its cells look like
    }
  }
  auto stream = RowStream::csv(std::move(*bytes), name, std::move(options));
  if (!stream) {
    return stream.error();
  }
  stream_.emplace(std::move(*stream));
  return {};
}

Result<void> OnlineInput::no_rows() const {
  return stop_.stop_requested()
             ? Error{ErrorCode::interrupted, "Stopped while the first rows were awaited; nothing was learnt and nothing written."}
             : data_error(fmt::format("{} ended before it held a row.", stream_->name()));
}

/// By name, wherever the column may stand later.
Result<void> OnlineInput::settle_weight(const Schema& schema) {
  if (request_.encoder.weight.empty()) {
    return {};
  }
  const auto column = find_column(schema, request_.encoder.weight);
  if (!column) {
    return column.error();
  }
  weight_ = schema.columns[*column].name;
  return {};
}

std::size_t OnlineInput::width(std::size_t seen) const {
  return std::max(seen, request_.width.value_or(request_.model.network.hidden.empty() ? usual_width : 0));
}

Result<void> OnlineInput::fit() {
  if (auto held = hold(); !held) {
    return held;
  }
  const auto source = stream_->open(held_);
  if (!source) {
    return source.error();
  }
  const auto schema = (*source)->scan(pool_, StopToken());
  if (!schema) {
    return schema.error();
  }
  notes_ = stream_->notes();
  notes_.insert(notes_.end(), (*source)->notes().begin(), (*source)->notes().end());
  EncoderOptions options = request_.encoder;
  options.target = options.target.empty() ? schema->target : options.target;
  if (options.target.empty()) {
    return usage_error("Which column is to be predicted? Pass --target NAME.");
  }
  options.double_precision = request_.double_precision;
  for (const auto& [name, type] : request_.data.csv.types) {
    options.keep.push_back(name);
  }
  if (auto weight = settle_weight(*schema); !weight) {
    return weight;
  }
  auto fitted = fit_encoder(**source, *schema, options, request_.task, pool_);
  if (!fitted && stop_.stop_requested()) {
    return Error{ErrorCode::interrupted,
                 fmt::format("Stopped while the first rows were awaited; those that had come make no model. {}", fitted.error().message)};
  }
  if (!fitted) {
    const bool more = held_.records == request_.first_rows;
    return Error{fitted.error().code,
                 fitted.error().message + (more ? " These are the first rows of the stream; --first-rows holds more." : "")};
  }
  expect_other_levels(fitted->encoder);
  return use(std::move(*fitted), weight_);
}

Result<void> OnlineInput::use(FittedEncoder fitted, std::string weight) {
  if (weight.starts_with('@')) {
    return usage_error("--weight is given by name where the columns are those of a model.");
  }
  fitted_ = std::move(fitted);
  weight_ = std::move(weight);
  if (fitted_.encoder.matrix) {
    widen(fitted_.encoder, width(fitted_.encoder.matrix->width));
  }
  stream_->expect(fitted_.encoder, fitted_.target, weight_);
  return {};
}

Result<void> OnlineInput::hold() {
  auto held = stream_->take(request_.first_rows, stop_);
  if (!held) {
    return held.error();
  }
  held_ = std::move(*held);
  return held_.empty() ? no_rows() : Result<void>();
}

template <class T>
Result<Dataset<T>> OnlineInput::first() {
  return rows_of<T>(held_);
}

template <class T>
Result<Dataset<T>> OnlineInput::rows_of(const StreamPiece& piece) {
  const auto source = stream_->open(piece);
  if (!source) {
    return source.error();
  }
  const auto schema = (*source)->scan(pool_, StopToken());
  if (!schema) {
    return schema.error();
  }
  const std::vector<std::string>& notes = (*source)->notes();
  left_out_ = left_out_ || std::any_of(notes.begin(), notes.end(), [](const std::string& note) { return note.starts_with("left out"); });
  auto data = encode<T>(**source, *schema, fitted_.encoder, &fitted_.target, weight_, pool_, {.part = true});
  if (const auto well = data ? check_targets(*data, fitted_.target, request_.model.loss) : Result<void>(); !well) {
    return well.error();
  }
  if (data && request_.class_weights.given()) {
    if (const auto weighed = weigh_classes(*data, fitted_.target, request_.class_weights, {}); !weighed) {
      return weighed.error();
    }
  }
  return data;
}

/// The rows before the one that is at fault, whose error is told.
template <class T>
Result<bool> OnlineInput::one_by_one(const StreamPiece& piece, const Error& fault, const TakeRows<T>& take) {
  for (const StreamPiece& row : stream_->apart(piece)) {
    const auto rows = rows_of<T>(row);
    if (!rows) {
      return at_line(rows.error(), stream_->name(), row.line);
    }
    const auto more = take(*rows);
    if (!more || !*more) {
      return more;
    }
  }
  return fault;  // none of the rows has it alone
}

template <class T>
Result<void> OnlineInput::each(const TakeRows<T>& take) {
  for (;;) {
    StreamPiece piece = std::exchange(held_, {});
    if (piece.empty()) {
      auto next = stream_->next(stop_);
      if (!next) {
        return next.error();
      }
      piece = std::move(*next);
    }
    if (piece.empty()) {
      return {};
    }
    const auto rows = rows_of<T>(piece);
    const auto more = rows ? take(*rows) : one_by_one(piece, rows.error(), take);
    if (!more || !*more) {
      return more ? Result<void>() : more.error();
    }
  }
}

template Result<Dataset<float>> OnlineInput::first();
template Result<Dataset<double>> OnlineInput::first();
template Result<void> OnlineInput::each(const TakeRows<float>&);
template Result<void> OnlineInput::each(const TakeRows<double>&);

}  // namespace fallline::cli
