// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/arrow/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/arrow/column.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/kept/stash.hpp"

namespace fallline {

namespace {

using c_data::ColumnGrower;
using c_data::Field;
using c_data::Kind;

/// One open table.
struct Table {
  c_data::Owned<ArrowArrayStream> stream;
  c_data::Owned<ArrowSchema> schema;
  std::vector<Field> fields;
};

class ArrowSource final : public Source {
 public:
  ArrowSource(std::vector<std::string> names, OpenStream open, ArrowOptions options)
      : stash_(options.memory), names_(std::move(names)), open_(std::move(open)), options_(std::move(options)) {}

  Result<Schema> scan(ThreadPool& pool, StopToken stop) override {
    if (scanned_) {
      return schema_;
    }
    std::deque<Table> tables(names_.size());
    if (const Result<void> well = open_all(tables, pool.threads()); !well) {
      return well.error();
    }
    if (const Result<void> well = choose(tables.front().fields); !well) {
      return well.error();
    }
    if (const Result<void> well = settle_types(tables); !well) {
      return well.error();
    }
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (const Result<void> well = read_table(tables[i], names_[i], pool, stop); !well) {
        return well.error();
      }
    }
    if (const Result<void> well = settle_levels(pool); !well) {
      return well.error();
    }
    tell();
    schema_.missing = options_.missing;
    scanned_ = true;
    return schema_;
  }

  Result<void> read_rows(std::span<const std::size_t> columns, std::span<const RowRange> rows, ThreadPool& pool,
                         const TakeChunk& take) override {
    expects(scanned_, "a source is scanned before it is read");
    return stash_.lend(kept_, columns, rows, pool, take);
  }

  const std::vector<std::string>& notes() const override { return notes_; }

 private:
  Error fault_of(Table& table, const std::string& name) const {
    const char* why = table.stream->get_last_error(table.stream.get());
    return data_error(fmt::format("{} cannot be read: {}", name, why != nullptr ? printable(why) : "no reason is given"));
  }

  Result<void> open_all(std::deque<Table>& tables, std::size_t threads) {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      Table& table = tables[i];
      if (const Result<void> opened = open_(i, threads, table.stream.get()); !opened) {
        return opened;
      }
      if (table.stream->get_schema(table.stream.get(), table.schema.get()) != 0) {
        return fault_of(table, names_[i]);
      }
      Result<std::vector<Field>> fields = c_data::fields_of(*table.schema, names_[i]);
      if (!fields) {
        return fields.error();
      }
      table.fields = std::move(*fields);
      const auto same_name = [](const Field& a, const Field& b) { return a.name == b.name; };
      const std::vector<Field>& first = tables.front().fields;
      if (!std::equal(first.begin(), first.end(), table.fields.begin(), table.fields.end(), same_name)) {
        return data_error(fmt::format("{} has other columns than {}; files that are read as one have the same columns in the same order.",
                                      names_[i], names_.front()));
      }
    }
    return {};
  }

  /// Which columns are read at all.
  Result<void> choose(const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      schema_.columns.push_back({field.name, ColumnType::text});
    }
    for (const auto& [name, type] : options_.types) {
      if (const Result<std::size_t> column = find_column(schema_, name); !column) {
        return column.error();
      }
    }
    used_.assign(fields.size(), options_.only.empty());
    if (const Result<void> well = mark(options_.only, 1); !well) {
      return well;
    }
    if (const Result<void> well = mark(options_.ignore, 0); !well) {
      return well;
    }
    for (std::size_t i = 0; options_.only_declared && i < fields.size(); ++i) {
      used_[i] = options_.types.contains(fields[i].name) ? used_[i] : 0;
    }
    return {};
  }

  Result<void> mark(const std::vector<std::string>& names, char used) {
    for (const std::string& name : names) {
      const Result<std::vector<std::size_t>> columns = find_columns(schema_, name);
      if (!columns) {
        return columns.error();
      }
      for (const std::size_t column : *columns) {
        used_[column] = used;
      }
    }
    return {};
  }

  Result<void> settle_types(const std::deque<Table>& tables) {
    for (std::size_t column = 0; column < used_.size(); ++column) {
      const Result<ColumnInfo> info = used_[column] != 0 ? type_of(tables, column) : schema_.columns[column];
      if (!info) {
        return info.error();
      }
      schema_.columns[column] = *info;
      growers_.emplace_back(info->type, options_.missing);
    }
    return {};
  }

  /// The one type of a column in all tables. One that holds nothing but null in a table goes with any.
  Result<ColumnInfo> type_of(const std::deque<Table>& tables, std::size_t column) const {
    ColumnInfo info{tables.front().fields[column].name, ColumnType::number};
    const std::string name = quoted(info.name);
    std::optional<std::size_t> from;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const Field& field = tables[i].fields[column];
      if (field.held().kind == Kind::other) {
        return data_error(fmt::format(
            "{}: column {} holds {}, which are neither numbers nor texts nor times. Leave it out with --ignore {}, or save what "
            "is to be learnt from as columns of its own.",
            names_[i], name, field.held().words, info.name));
      }
      const ColumnInfo its{info.name, natural_type(field), natural_unit(field)};
      if (field.held().kind == Kind::nothing) {
        continue;
      }
      if (from && (its.type != info.type || its.unit != info.unit)) {
        return data_error(fmt::format("Column {} holds {} in {} and {} in {}. Save it as one type.", name, said(info), names_[*from],
                                      said(its), names_[i]));
      }
      info = its;
      from = from ? from : i;
    }
    const auto declared = options_.types.find(info.name);
    if (declared == options_.types.end() || declared->second == info.type) {
      return info;
    }
    if (info.type == ColumnType::time && declared->second == ColumnType::text) {
      return data_error(
          fmt::format("Column {} of {} holds times, and texts are asked for. Save it as text.", name, names_[from.value_or(0)]));
    }
    const bool stays = info.type == ColumnType::time || (info.type == ColumnType::number && declared->second == ColumnType::time && from);
    if (!stays) {
      info.type = declared->second;
    }
    return info;
  }

  static std::string said(const ColumnInfo& info) {
    return info.type == ColumnType::text ? "text" : info.type == ColumnType::number ? "numbers" : info.unit;
  }

  Result<void> read_table(Table& table, const std::string& name, ThreadPool& pool, StopToken stop) {
    std::uint64_t row = 0;
    for (;;) {
      if (stop.stop_requested()) {
        return Error{ErrorCode::interrupted, "Stopped while reading the data; nothing was written."};
      }
      c_data::Owned<ArrowArray> array;
      if (table.stream->get_next(table.stream.get(), array.get()) != 0) {
        return fault_of(table, name);
      }
      if (!array.holds()) {
        break;
      }
      if (const Result<void> well = take_array(table, name, row, *array, pool); !well) {
        return well;
      }
      row += static_cast<std::uint64_t>((*array).length);
    }
    if (row == 0) {
      return data_error(fmt::format("{} holds column names but no rows.", name));
    }
    return {};
  }

  Result<void> take_array(const Table& table, const std::string& name, std::uint64_t row, const ArrowArray& array, ThreadPool& pool) {
    if (array.length == 0) {
      return {};
    }
    Chunk chunk{schema_.rows, static_cast<std::size_t>(array.length), std::vector<Column>(used_.size()), {}};
    std::vector<std::optional<Error>> faults(used_.size());
    pool.run(used_.size(), [&](std::size_t i) {
      if (used_[i] == 0) {
        return;
      }
      Result<Column> column = growers_[i].take(table.fields[i], {*array.children[i], array.offset, array.length}, name, row);
      if (column) {
        chunk.columns[i] = std::move(*column);
      } else {
        faults[i] = column.error();
      }
    });
    for (const std::optional<Error>& fault : faults) {
      if (fault) {
        return *fault;
      }
    }
    kept::KeptChunk kept{chunk.first_row, chunk.rows, {}, {}};
    for (Column& column : chunk.columns) {
      Result<kept::KeptColumn> each = stash_.keep(std::move(column));
      if (!each) {
        return each.error();
      }
      kept.columns.push_back(std::move(*each));
    }
    schema_.rows += chunk.rows;
    kept_.push_back(std::move(kept));
    return {};
  }

  Result<void> settle_levels(ThreadPool& pool) {
    kept::Faults faults;
    schema_.levels.resize(used_.size());
    pool.run(used_.size(), [&](std::size_t i) {
      if (used_[i] != 0 && schema_.columns[i].type == ColumnType::text) {
        auto levels = growers_[i].settle_levels(stash_, kept_, i);
        if (levels) {
          schema_.levels[i] = std::move(*levels);
        } else {
          faults.add(levels.error());
        }
      }
    });
    return faults.result();
  }

  void tell() {
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const c_data::ColumnNotice& notice = growers_[i].notice;
      const std::string name = quoted(schema_.columns[i].name);
      const auto count = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
      if (used_[i] != 0 && notice.cells == 0) {
        notes_.push_back(fmt::format("column {} holds only missing cells", name));
        continue;
      }
      if (notice.nans > 0) {
        notes_.push_back(fmt::format("column {}: NaN counts as missing, in {} rows", name, count(notice.nans)));
      }
      if (notice.missing_texts > 0) {
        notes_.push_back(fmt::format("column {}: {} texts mean a missing cell (--missing)", name, count(notice.missing_texts)));
      }
      if (notice.inexact) {
        notes_.push_back(fmt::format("column {} holds whole numbers beyond 2^53, which are rounded to double precision", name));
      }
    }
  }

  kept::Stash stash_;
  std::vector<std::string> names_;
  OpenStream open_;
  ArrowOptions options_;
  Schema schema_;
  std::vector<char> used_;
  std::deque<ColumnGrower> growers_;
  std::vector<kept::KeptChunk> kept_;
  bool scanned_ = false;
  std::vector<std::string> notes_;
};

}  // namespace

Result<std::unique_ptr<Source>> arrow_source(std::vector<std::string> names, OpenStream open, ArrowOptions options) {
  expects(!names.empty(), "there is a table to read");
  return std::unique_ptr<Source>(new ArrowSource(std::move(names), std::move(open), std::move(options)));
}

}  // namespace fallline
