// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/data/encode/fit_target.hpp"
#include "fallline/data/encode/matrix.hpp"
#include "fallline/data/encode/statistics.hpp"
#include "fallline/data/encode/training_rows.hpp"
#include "fallline/data/encoder.hpp"

namespace fallline {

namespace {

using encoding::Statistics;

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

struct Roles {
  std::optional<std::size_t> target;
  std::vector<std::size_t> features;  // in the order of the file
};

/// Marks the columns that `names` mean.
Result<void> mark(const Schema& schema, const std::vector<std::string>& names, std::vector<bool>& marked) {
  for (const std::string& name : names) {
    const Result<std::size_t> column = find_column(schema, name);
    if (!column) {
      return column.error();
    }
    marked[*column] = true;
  }
  return {};
}

Result<Roles> roles_of(const Schema& schema, const EncoderOptions& options) {
  const std::size_t size = schema.columns.size();
  std::vector<bool> used(size, options.features.empty());
  std::vector<bool> ignored(size);
  std::vector<bool> special(size);
  Roles roles;
  for (const Result<void>& marked : {mark(schema, options.features, used), mark(schema, options.ignore, ignored)}) {
    if (!marked) {
      return marked.error();
    }
  }
  for (const std::string* role : {&options.target, &options.weight}) {
    if (role->empty()) {
      continue;
    }
    const Result<std::size_t> column = find_column(schema, *role);
    if (!column) {
      return column.error();
    }
    const std::string name = quoted(schema.columns[*column].name);
    if (ignored[*column] || special[*column] || (used[*column] && !options.features.empty())) {
      return usage_error(fmt::format("Column {} has two roles: it can be only one of target, weight, feature and ignored.", name));
    }
    special[*column] = true;
    if (role == &options.target) {
      roles.target = *column;
    } else if (!holds_numbers(schema.columns[*column].type)) {
      return data_error(
          fmt::format("The weight column {} holds text such as {}; weights are numbers.", name, quoted(schema.levels[*column].front())));
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (used[i] && !ignored[i] && !special[i]) {
      roles.features.push_back(i);
    }
  }
  if (roles.features.empty() && schema.matrix == 0) {
    return data_error("No column is left to learn from: besides target, weight and ignored columns the data has none.");
  }
  return roles;
}

/// Whether float is too coarse for the column: rounding moves values by more than a millionth of the spread, or leaves float's range.
bool is_wide(const Statistics& statistics) {
  const double largest = std::max(std::abs(statistics.low), std::abs(statistics.high));
  constexpr double smallest_normal = std::numeric_limits<float>::min();
  return largest * 0x1p-24 > 1e-6 * statistics.spread || largest > std::numeric_limits<float>::max() ||
         statistics.spread * 1e-6 < smallest_normal;
}

class ColumnFitter {
 public:
  ColumnFitter(Source& source, const Schema& schema, const EncoderOptions& options, ThreadPool& pool, std::vector<std::string>& warnings)
      : source_(source), schema_(schema), options_(options), pool_(pool), warnings_(warnings) {}

  Result<EncodedColumn> fit(std::size_t column, const Statistics& statistics) {
    EncodedColumn encoded;
    encoded.name = schema_.columns[column].name;
    encoded.type = schema_.columns[column].type;
    const Result<void> well = holds_numbers(encoded.type) ? fit_number(column, statistics, encoded) : fit_text(column, statistics, encoded);
    if (!well) {
      return well.error();
    }
    return encoded;
  }

 private:
  void leave_out(const std::string& name, const Statistics& statistics, const std::string& value) {
    if (statistics.present == 0) {
      warnings_.push_back(fmt::format("column {} holds only missing cells and is left out", quoted(name)));
      return;
    }
    const std::string besides = statistics.missing > 0 ? fmt::format(" besides {} missing cells", count(statistics.missing)) : "";
    warnings_.push_back(fmt::format("column {} holds only {}{} and is left out", quoted(name), quoted(value), besides));
  }

  Result<void> fit_number(std::size_t column, const Statistics& statistics, EncodedColumn& encoded) {
    NumberCoding& coding = encoded.number;
    if (statistics.present == 0 || statistics.low == statistics.high) {
      coding.constant = true;
      leave_out(encoded.name, statistics, shortest(statistics.low));
      return {};
    }
    const double scale = 1 / statistics.spread;
    if (!std::isfinite(statistics.mean) || !std::isfinite(statistics.spread) || !std::isfinite(scale)) {
      return data_error(
          fmt::format("Column {} runs from {} to {}, which is too {} to be standardised in double precision. Change its unit, or "
                      "leave it out with --ignore.",
                      quoted(encoded.name), brief(statistics.low), brief(statistics.high), std::isfinite(scale) ? "wide" : "narrow"));
    }
    coding.wide = options_.double_precision || is_wide(statistics);
    coding.indicator = statistics.missing > 0;
    coding.center = options_.standardize ? statistics.mean : 0;
    coding.scale = options_.standardize ? scale : 1;
    coding.impute = statistics.mean;
    if (coding.indicator && options_.impute == Impute::median) {
      Result<std::vector<double>> values = encoding::present_values(source_, schema_, column, pool_);
      if (!values) {
        return values.error();
      }
      coding.impute = encoding::median(std::move(*values));
    }
    return {};
  }

  Result<void> fit_text(std::size_t column, const Statistics& statistics, EncodedColumn& encoded) {
    const std::vector<std::string>& levels = schema_.levels[column];
    std::uint64_t seen = 0;
    TextCoding coding;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      seen += statistics.counts[i] > 0 ? 1 : 0;
      if (statistics.counts[i] >= std::max<std::size_t>(1, options_.rare_below)) {
        coding.levels.push_back(levels[i]);
      }
    }
    if (seen > options_.most_levels) {
      return data_error(
          fmt::format("Column {} is text with {} distinct values; one feature each is done for up to {}. If it names the rows (an "
                      "id), pass --ignore {}.",
                      quoted(encoded.name), count(seen), count(options_.most_levels), encoded.name));
    }
    if (seen == 0 || (seen == 1 && statistics.missing == 0)) {
      const auto only = std::find_if(statistics.counts.begin(), statistics.counts.end(), [](std::uint64_t n) { return n > 0; });
      leave_out(encoded.name, statistics, seen == 0 ? "" : levels[static_cast<std::size_t>(only - statistics.counts.begin())]);
      return {};
    }
    coding.other = coding.levels.size() < seen;
    coding.missing = statistics.missing > 0;
    if (coding.levels.empty()) {
      warnings_.push_back(fmt::format("every value of column {} occurs under {} times, so all {} share one feature", quoted(encoded.name),
                                      options_.rare_below, count(seen)));
    }
    encoded.text = std::move(coding);
    return {};
  }

  Source& source_;
  const Schema& schema_;
  const EncoderOptions& options_;
  ThreadPool& pool_;
  std::vector<std::string>& warnings_;
};

}  // namespace

Result<FittedEncoder> fit_encoder(Source& source, const Schema& schema, const EncoderOptions& options, Task task, ThreadPool& pool) {
  const Result<Roles> roles = roles_of(schema, options);
  if (!roles) {
    return roles.error();
  }
  FittedEncoder fitted;
  fitted.encoder.missing = schema.missing;
  if (roles->target) {
    const Result<void> well = encoding::fit_target(source, schema, *roles->target, task, options.standardize, pool, fitted);
    if (!well) {
      return well.error();
    }
  }
  encoding::TrainingRows rows(source, options.split);
  if (roles->target && !fitted.target.classification && options.standardize && options.split.share > 0) {
    const Result<std::vector<Statistics>> target = encoding::gather(rows, schema, std::vector<std::size_t>{*roles->target}, pool);
    if (!target) {
      return target.error();
    }
    fitted.target.center = target->front().mean;
    fitted.target.spread = target->front().spread > 0 ? target->front().spread : 1;
  }
  const Result<std::vector<Statistics>> statistics = encoding::gather(rows, schema, roles->features, pool);
  if (!statistics) {
    return statistics.error();
  }
  ColumnFitter fitter(rows, schema, options, pool, fitted.warnings);
  for (std::size_t i = 0; i < roles->features.size(); ++i) {
    Result<EncodedColumn> column = fitter.fit(roles->features[i], (*statistics)[i]);
    if (!column) {
      return column.error();
    }
    fitted.encoder.columns.push_back(std::move(*column));
  }
  if (schema.matrix > 0) {
    Result<MatrixCoding> matrix = encoding::fit_matrix(rows, schema, options, pool);
    if (!matrix) {
      return matrix.error();
    }
    fitted.encoder.matrix = std::move(*matrix);
  }
  encoding::lay_out(fitted.encoder);
  if (fitted.encoder.features == 0) {
    return data_error("No column is left to learn from: each holds one value only.");
  }
  return fitted;
}

}  // namespace fallline
