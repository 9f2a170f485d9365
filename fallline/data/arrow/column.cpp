// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/arrow/column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/csv/number.hpp"

namespace fallline::c_data {

namespace {

/// Above it not every whole number is a double.
constexpr double exact_wholes = 0x1p53;

bool is_text(const Field& field) { return natural_type(field) == ColumnType::text && field.kind != Kind::boolean; }

/// What a number is called as text: as a CSV file would have it.
std::string number_text(const Field& field, const Stretch& cells, std::int64_t i, double value) {
  if (field.kind == Kind::whole) {
    const std::int64_t whole = whole_at(field, cells, i);
    return field.is_signed || field.bytes < 8 ? fmt::format("{}", whole) : fmt::format("{}", static_cast<std::uint64_t>(whole));
  }
  return field.kind == Kind::real && field.bytes == 4 ? fmt::format("{}", static_cast<float>(value)) : shortest(value);
}

}  // namespace

Result<Column> ColumnGrower::take(const Field& field, const Stretch& cells, const std::string& file, std::uint64_t first_row) {
  Result<Column> column = field.values                ? take_indexed(field, cells, file, first_row)
                          : type_ == ColumnType::text ? Result<Column>(take_texts(field, cells))
                          : is_text(field)            ? numbers_of_texts(field, cells)
                                                      : take_numbers(field, cells);
  if (!column) {
    return field.values
               ? column.error()
               : data_error(fmt::format("{}, row {} (counted from 0), column {}: {}", file,
                                        first_row + static_cast<std::uint64_t>(bad_row_), quoted(field.name), column.error().message));
  }
  return column;
}

Result<Column> ColumnGrower::take_numbers(const Field& field, const Stretch& cells) {
  Column column;
  column.numbers.resize(static_cast<std::size_t>(cells.count));
  read_numbers(field, cells, column.numbers);
  for (std::int64_t i = 0; i < cells.count; ++i) {
    const double value = column.numbers[static_cast<std::size_t>(i)];
    if (std::isinf(value)) {
      bad_row_ = i;
      return data_error("the number is infinite. Put null there if it is missing, or leave the column out with --ignore.");
    }
    notice.nans += std::isnan(value) && !cells.is_null(i) && field.kind == Kind::real ? 1 : 0;
    notice.inexact = notice.inexact || (field.kind == Kind::whole && std::abs(value) > exact_wholes);
    notice.cells += std::isnan(value) ? 0 : 1;
  }
  return column;
}

Result<Column> ColumnGrower::numbers_of_texts(const Field& field, const Stretch& cells) {
  Column column;
  column.numbers.resize(static_cast<std::size_t>(cells.count), std::numeric_limits<double>::quiet_NaN());
  for (std::int64_t i = 0; i < cells.count; ++i) {
    if (cells.is_null(i)) {
      continue;
    }
    const std::string_view text = text_at(field, cells, i);
    if (std::find(missing_->begin(), missing_->end(), text) != missing_->end()) {
      ++notice.missing_texts;
    } else if (type_ == ColumnType::time ||
               csv::read_number(text, '.', column.numbers[static_cast<std::size_t>(i)]) != csv::Reading::number) {
      bad_row_ = i;
      return data_error(fmt::format("{} is a text where a {} is declared. Save the column as {}.", quoted(text),
                                    type_ == ColumnType::time ? "time" : "number", type_ == ColumnType::time ? "timestamps" : "numbers"));
    } else {
      ++notice.cells;
    }
  }
  return column;
}

Column ColumnGrower::take_texts(const Field& field, const Stretch& cells) {
  Column column;
  column.codes.resize(static_cast<std::size_t>(cells.count), -1);
  const bool is_number = holds_numbers(natural_type(field));
  std::vector<double> numbers(is_number ? static_cast<std::size_t>(cells.count) : 0);
  if (is_number) {
    read_numbers(field, cells, numbers);
  }
  for (std::int64_t i = 0; i < cells.count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (cells.is_null(i) || (is_number && std::isnan(numbers[at]))) {
      continue;
    }
    column.codes[at] = is_number ? dictionary_.code_of(number_text(field, cells, i, numbers[at]), false)
                                 : dictionary_.code_of(text_at(field, cells, i), false);
    ++notice.cells;
  }
  return column;
}

/// Through a dictionary: its values once, then one of them for each index.
Result<Column> ColumnGrower::take_indexed(const Field& field, const Stretch& cells, const std::string& file, std::uint64_t first_row) {
  const ArrowArray& dictionary = *cells.array.dictionary;
  const ColumnNotice before = notice;
  Field values = *field.values;
  values.name = field.name;
  Result<Column> known = take(values, {dictionary, 0, dictionary.length}, file + " (dictionary)", 0);
  if (!known) {
    return known.error();
  }
  notice.cells = before.cells;
  Column column;
  const auto rows = static_cast<std::size_t>(cells.count);
  column.codes.resize(type_ == ColumnType::text ? rows : 0, -1);
  column.numbers.resize(type_ == ColumnType::text ? 0 : rows, std::numeric_limits<double>::quiet_NaN());
  for (std::int64_t i = 0; i < cells.count; ++i) {
    if (cells.is_null(i)) {
      continue;
    }
    const std::int64_t index = whole_at(field, cells, i);
    if (index < 0 || index >= dictionary.length) {
      return data_error(fmt::format("{}, row {} (counted from 0), column {}: index {} points outside its dictionary of {}.", file,
                                    first_row + static_cast<std::uint64_t>(i), quoted(field.name), index, dictionary.length));
    }
    const auto from = static_cast<std::size_t>(index);
    const auto to = static_cast<std::size_t>(i);
    if (type_ == ColumnType::text) {
      column.codes[to] = known->codes[from];
      notice.cells += column.codes[to] >= 0 ? 1 : 0;
    } else {
      column.numbers[to] = known->numbers[from];
      notice.cells += std::isnan(column.numbers[to]) ? 0 : 1;
    }
  }
  return column;
}

Result<std::vector<std::string>> ColumnGrower::settle_levels(kept::Stash& stash, std::vector<kept::KeptChunk>& chunks, std::size_t at) {
  const std::vector<std::string_view>& seen = dictionary_.levels();
  std::vector<std::uint64_t> counts(seen.size());
  for (kept::KeptChunk& chunk : chunks) {
    Result<Column> column = stash.borrow(chunk.columns[at]);
    if (!column) {
      return column.error();
    }
    for (const std::int32_t code : column->codes) {
      if (code >= 0) {
        ++counts[static_cast<std::size_t>(code)];
      }
    }
    kept::Stash::put_back(chunk.columns[at], std::move(*column));
  }
  std::vector<std::size_t> order(seen.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return seen[a] < seen[b]; });
  std::vector<std::int32_t> recoded(seen.size(), -1);
  std::vector<std::string> levels;
  for (const std::size_t code : order) {
    if (std::find(missing_->begin(), missing_->end(), seen[code]) != missing_->end()) {
      notice.missing_texts += counts[code];
      notice.cells -= counts[code];
    } else if (counts[code] > 0) {  // the dictionary of a file may hold more than its cells do
      recoded[code] = static_cast<std::int32_t>(levels.size());
      levels.emplace_back(seen[code]);
    }
  }
  const auto recoding = std::make_shared<const std::vector<std::int32_t>>(std::move(recoded));
  for (kept::KeptChunk& chunk : chunks) {
    kept::Stash::recode(chunk.columns[at], recoding);
  }
  return levels;
}

}  // namespace fallline::c_data
