// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/column_fitter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/encode/fit_hashed.hpp"
#include "fallline/data/encode/row_ids.hpp"

namespace fallline::encoding {

namespace {

std::string count(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

/// Whether float is too coarse for the column: rounding moves values by more than a millionth of the spread, or leaves float's range.
bool is_wide(const Statistics& statistics) {
  const double largest = std::max(std::abs(statistics.low), std::abs(statistics.high));
  constexpr double smallest_normal = std::numeric_limits<float>::min();
  return largest * 0x1p-24 > 1e-6 * statistics.spread || largest > std::numeric_limits<float>::max() ||
         statistics.spread * 1e-6 < smallest_normal;
}

/// Ten rows make a level worth a feature; in a small table a hundredth of them does, but never a single one.
std::uint64_t rare_by_rows(std::uint64_t rows) { return std::clamp<std::uint64_t>((rows + 99) / 100, 2, 10); }

std::string constant_reason(const Statistics& statistics, const std::string& value) {
  if (statistics.present == 0) {
    return std::string(constant_start) + "missing cells";
  }
  const std::string besides = statistics.missing > 0 ? fmt::format(" besides {} missing cells", count(statistics.missing)) : "";
  return fmt::format("{}{}{}", constant_start, quoted(value), besides);
}

}  // namespace

void leave_out(EncodedColumn& column, std::string why, const std::string& advice, Told told) {
  told.warnings.push_back(fmt::format("column {} {} and is left out{}", quoted(column.name), why, advice));
  column.left_out = std::move(why);
}

Result<EncodedColumn> ColumnFitter::fit(std::size_t column, const Statistics& statistics, const HashCoding& hash) {
  EncodedColumn encoded;
  encoded.name = schema_.columns[column].name;
  encoded.type = schema_.columns[column].type;
  encoded.unit = schema_.columns[column].unit;
  encoded.hash = hash;
  encoded.seen.missing = statistics.missing;
  const Result<void> well = holds_numbers(encoded.type) ? fit_number(column, statistics, encoded) : fit_text(column, statistics, encoded);
  if (!well) {
    return well.error();
  }
  return encoded;
}

Result<void> ColumnFitter::fit_number(std::size_t column, const Statistics& statistics, EncodedColumn& encoded) {
  NumberCoding& coding = encoded.number;
  if (statistics.present == 0 || statistics.low == statistics.high) {
    coding.constant = true;
    encoded.left_out = constant_reason(statistics, shortest(statistics.low));
    return {};
  }
  encoded.seen.low = statistics.low;
  encoded.seen.high = statistics.high;
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
    Result<std::vector<double>> values = present_values(source_, schema_, column, pool_);
    if (!values) {
      return values.error();
    }
    coding.impute = median(std::move(*values));
  }
  return {};
}

Result<void> ColumnFitter::fit_text(std::size_t column, const Statistics& statistics, EncodedColumn& encoded) {
  const std::vector<std::string>& levels = schema_.levels[column];
  const auto occurs = [](std::uint64_t n) { return n > 0; };
  const auto seen = static_cast<std::uint64_t>(std::count_if(statistics.counts.begin(), statistics.counts.end(), occurs));
  encoded.seen.distinct = seen;
  if (seen == 0 || (seen == 1 && statistics.missing == 0)) {
    const auto only = std::find_if(statistics.counts.begin(), statistics.counts.end(), occurs);
    const std::string value = seen == 0 ? "" : levels[static_cast<std::size_t>(only - statistics.counts.begin())];
    encoded.left_out = constant_reason(statistics, value);
    return {};
  }
  encoded.text.missing = statistics.missing > 0;
  if (encoded.hash.bits > 0) {
    told_.notes.push_back(fit_hashed(levels, statistics, encoded));
    return {};
  }
  const std::string& name = encoded.name;
  if (!keep_[column] && names_rows(seen, statistics.present)) {
    leave_out(encoded, fmt::format("looks like an id or free text ({} distinct texts in {} rows)", count(seen), count(statistics.present)),
              fmt::format(": pass --text {} if it is prose, --categories {}=hash:18 if it is a category", name, name), told_);
    return {};
  }
  if (seen > options_.most_levels) {
    return data_error(
        fmt::format("Column {} is text with {} distinct values; one feature each is done for up to {}. Pass --categories {}=hash:18 to "
                    "hash them into 2^18 features, --text {} if it is prose, or --ignore {} if it names the rows (an id).",
                    quoted(name), count(seen), count(options_.most_levels), name, name, name));
  }
  fit_levels(levels, statistics, encoded);
  return {};
}

void ColumnFitter::fit_levels(const std::vector<std::string>& levels, const Statistics& statistics, EncodedColumn& encoded) {
  const std::uint64_t rare =
      options_.rare_below ? std::max<std::uint64_t>(1, *options_.rare_below) : rare_by_rows(statistics.present + statistics.missing);
  TextCoding& coding = encoded.text;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (statistics.counts[i] >= rare) {
      coding.levels.push_back(levels[i]);
    }
  }
  coding.other = coding.levels.size() < encoded.seen.distinct;
  if (coding.levels.empty()) {
    told_.warnings.push_back(fmt::format("every value of column {} occurs under {} times, so all {} share one feature",
                                         quoted(encoded.name), rare, count(encoded.seen.distinct)));
  }
}

}  // namespace fallline::encoding
