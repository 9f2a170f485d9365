// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/array/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline {

namespace {

/// Numbers in a chunk, about: they stay in the cache while their columns are picked out.
constexpr std::size_t chunk_cells = std::size_t{1} << 17U;

/// Above it not every whole number is a double.
constexpr double exact_wholes = 0x1p53;

/// What a look at the numbers of one column found.
struct Finding {
  std::uint64_t missing = 0;
  bool inexact = false;
  std::uint64_t infinite_row = std::numeric_limits<std::uint64_t>::max();
};

class ArraySource final : public Source {
 public:
  ArraySource(std::vector<ArrayFile> arrays, std::optional<ArrayFile> labels, const Memory* memory)
      : arrays_(std::move(arrays)), labels_(std::move(labels)), at_a_time_(memory != nullptr ? memory->in_flight() : 0) {
    for (const ArrayFile& array : arrays_) {
      schema_.rows += array.rows;
    }
    for (std::size_t i = 0; i < arrays_.front().offsets.size(); ++i) {
      schema_.columns.push_back({fmt::format("c{}", i), ColumnType::number});
    }
    features_ = schema_.columns.size();
    if (labels_) {
      schema_.columns.push_back({label_column, ColumnType::number});
    }
    schema_.levels.resize(schema_.columns.size());
    schema_.matrix_input = true;
  }

  Result<Schema> scan(ThreadPool& pool, StopToken stop) override {
    if (!scanned_) {
      std::vector<Finding> found(schema_.columns.size());
      if (const Result<void> well = look(pool, stop, found); !well) {
        return well.error();
      }
      tell(found);
      scanned_ = true;
    }
    return schema_;
  }

  Result<void> read_rows(std::span<const std::size_t> columns, std::span<const RowRange> wanted, ThreadPool& pool,
                         const TakeChunk& take) override {
    std::uint64_t first_row = 0;
    std::size_t seen = 0;  // bytes, about
    for (const ArrayFile& array : arrays_) {
      const std::size_t most = std::max<std::size_t>(64, chunk_cells / array.offsets.size());
      for (std::uint64_t row = 0; row < array.rows;) {
        const auto rows = static_cast<std::size_t>(std::min<std::uint64_t>(most, array.rows - row));
        if (!overlap(wanted, {first_row, first_row + rows})) {
          row += rows;
          first_row += rows;
          continue;
        }
        Chunk chunk{first_row, rows, std::vector<Column>(columns.size()), {}};
        pool.run(columns.size(), [&](std::size_t i) {
          chunk.columns[i].numbers.resize(rows);
          copy(array, columns[i], row, first_row, chunk.columns[i].numbers);
        });
        if (const Result<void> taken = take(chunk); !taken) {
          return taken.error();
        }
        seen += rows * std::max(array.row_stride, columns.size() * array.element.bytes);
        if (at_a_time_ > 0 && seen > at_a_time_) {
          let_go(array);
          seen = 0;
        }
        row += rows;
        first_row += rows;
      }
      if (const Result<void> same = array.file.unchanged(); !same) {
        return same;
      }
    }
    return labels_ ? labels_->file.unchanged() : Result<void>();
  }

  const std::vector<std::string>& notes() const override { return notes_; }

 private:
  void copy(const ArrayFile& array, std::size_t column, std::uint64_t row, std::uint64_t row_of_all, std::span<double> out) const {
    expects(column < schema_.columns.size(), "a column that is read lies in the schema");
    if (column < features_) {
      copy_column(array, column, row, out);
    } else {
      copy_column(*labels_, 0, row_of_all, out);
    }
  }

  /// Wherever the rows lie: the first axis may be the one that runs fastest.
  void let_go(const ArrayFile& array) const {
    for (const csv::FileText* file : {&array.file, labels_ ? &labels_->file : &array.file}) {
      file->let_go(file->bytes());
    }
  }

  /// Looks at every number once: infinite ones are refused, missing and rounded ones told. Bytes and short wholes can be neither.
  Result<void> look(ThreadPool& pool, StopToken stop, std::vector<Finding>& found) {
    std::vector<std::size_t> columns;
    const auto harmless = [](const ArrayFile& array) { return array.element.kind != ElementKind::real && array.element.bytes < 8; };
    const bool features = !std::all_of(arrays_.begin(), arrays_.end(), harmless);
    for (std::size_t i = 0; i < schema_.columns.size(); ++i) {
      if (i < features_ ? features : !harmless(*labels_)) {
        columns.push_back(i);
      }
    }
    if (columns.empty()) {
      return {};
    }
    return read(columns, pool, [&](const Chunk& chunk) -> Result<void> {
      if (stop.stop_requested()) {
        return Error{ErrorCode::interrupted, "Stopped while reading the data; nothing was written."};
      }
      pool.run(columns.size(), [&](std::size_t i) { look_at(chunk.columns[i].numbers, chunk.first_row, found[columns[i]]); });
      for (const std::size_t column : columns) {
        if (found[column].infinite_row != std::numeric_limits<std::uint64_t>::max()) {
          return infinite(column, found[column].infinite_row);
        }
      }
      return {};
    });
  }

  static void look_at(const std::vector<double>& numbers, std::uint64_t first_row, Finding& found) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double x = numbers[i];
      if (std::isnan(x)) {
        ++found.missing;
      } else if (std::isinf(x)) {
        found.infinite_row = std::min(found.infinite_row, first_row + i);
      }
      found.inexact = found.inexact || std::abs(x) > exact_wholes;
    }
  }

  Error infinite(std::size_t column, std::uint64_t row) const {
    std::uint64_t in_file = row;
    const ArrayFile* array = &arrays_.front();
    for (std::size_t i = 1; column < features_ && in_file >= array->rows; ++i) {
      in_file -= array->rows;
      array = &arrays_[i];
    }
    const csv::FileText& file = column < features_ ? array->file : labels_->file;
    return data_error(fmt::format("{}, row {} (counted from 0), column {}: the number is infinite. Put NaN there if it is missing.",
                                  file.name(), in_file, quoted(schema_.columns[column].name)));
  }

  void tell(const std::vector<Finding>& found) {
    std::uint64_t missing = 0;
    std::size_t inexact = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const ArrayFile& array = i < features_ ? arrays_.front() : *labels_;
      missing += found[i].missing;
      inexact += found[i].inexact && array.element.kind != ElementKind::real ? 1 : 0;
    }
    notes_.push_back(fmt::format("{}: {} rows of {} numbers, columns c0 to c{}{}", arrays_.front().file.name(),
                                 grouped(static_cast<std::int64_t>(schema_.rows)), grouped(static_cast<std::int64_t>(features_)),
                                 features_ - 1, labels_ ? fmt::format("; {} from {}", label_column, labels_->file.name()) : ""));
    if (missing > 0) {
      notes_.push_back(fmt::format("NaN counts as missing: {} numbers", grouped(static_cast<std::int64_t>(missing))));
    }
    if (inexact > 0) {
      notes_.push_back(fmt::format("{} columns hold whole numbers beyond 2^53, which are rounded to double precision", inexact));
    }
  }

  std::vector<ArrayFile> arrays_;
  std::optional<ArrayFile> labels_;
  std::size_t at_a_time_;  // bytes of the files that may be in memory, about; 0: any
  Schema schema_;
  std::size_t features_ = 0;
  bool scanned_ = false;
  std::vector<std::string> notes_;
};

}  // namespace

Result<std::unique_ptr<Source>> array_source(std::vector<ArrayFile> arrays, std::optional<ArrayFile> labels, Memory* memory) {
  expects(!arrays.empty(), "there is an array to read");
  std::uint64_t rows = 0;
  const ArrayFile& first = arrays.front();
  for (const ArrayFile& array : arrays) {
    rows += array.rows;
    if (array.offsets.size() != first.offsets.size()) {
      return data_error(fmt::format("{} has {} columns and {} has {}; files that are read as one have the same columns.", first.file.name(),
                                    first.offsets.size(), array.file.name(), array.offsets.size()));
    }
  }
  if (labels && labels->offsets.size() != 1) {
    return data_error(fmt::format("{} has {} numbers a row; a file of labels has one.", labels->file.name(), labels->offsets.size()));
  }
  if (labels && labels->rows != rows) {
    return data_error(fmt::format("{} has {} labels for the {} rows of {}; there must be one for each row.", labels->file.name(),
                                  labels->rows, rows, first.file.name()));
  }
  return std::unique_ptr<Source>(new ArraySource(std::move(arrays), std::move(labels), memory));
}

}  // namespace fallline
