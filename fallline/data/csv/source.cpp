// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/csv/again.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/layout.hpp"
#include "fallline/data/csv/levels.hpp"
#include "fallline/data/csv/opening.hpp"
#include "fallline/data/csv/sample.hpp"
#include "fallline/data/csv/types.hpp"
#include "fallline/data/kept/stash.hpp"

namespace fallline::csv {

namespace {

Error stopped() { return {ErrorCode::interrupted, "Stopped while reading the data; nothing was written."}; }

class CsvSource final : public Source {
 public:
  CsvSource(std::vector<FileText> files, CsvOptions options, Dialect dialect, std::size_t range_bytes, std::vector<std::string> notes)
      : stash_(options.memory),
        files_(std::move(files)),
        options_(std::move(options)),
        dialect_(std::move(dialect)),
        range_bytes_(range_bytes),
        notes_on_opening_(std::move(notes)) {
    stash_.make_again = [this](std::size_t chunk, std::span<const std::size_t> columns) { return make_again(chunk, columns); };
  }

  Result<Schema> scan(ThreadPool& pool, StopToken stop) override {
    if (schema_) {
      return *schema_;
    }
    notes_ = notes_on_opening_;
    const Result<Layout> layout = layout_of(files_.front(), dialect_, options_.header, options_.delimiter.has_value(), notes_);
    if (!layout) {
      return layout.error();
    }
    Result<std::vector<std::optional<ColumnType>>> declared = declared_of(layout->names);
    if (!declared) {
      return declared.error();
    }
    one_column_ = layout->names.size() == 1;
    Parsed parsed{files_, dialect_, stash_, layout->names, std::move(*declared), layout->header, {}, {}, {}, {}};
    for (std::size_t f = 0; f < files_.size(); ++f) {
      const Result<void> well = parse_file(f, *layout, parsed, pool, stop);
      if (!well) {
        return well.error();
      }
    }
    if (parsed.parts.empty()) {
      return no_rows(files_.front(), layout->header);
    }
    Result<Schema> schema = settle_types(parsed, pool, stop, notes_);
    if (stop.stop_requested()) {
      return stopped();
    }
    if (!schema) {
      return schema.error();
    }
    if (const Result<void> same = unchanged(files_); !same) {
      return same.error();
    }
    keep(parsed);
    schema->missing = options_.missing;
    schema_ = std::move(*schema);
    return *schema_;
  }

  Result<void> read_rows(std::span<const std::size_t> columns, std::span<const RowRange> rows, ThreadPool& pool,
                         const TakeChunk& take) override {
    expects(schema_.has_value(), "a source is scanned before it is read");
    const Result<void> well = stash_.lend(kept_, columns, rows, pool, take);
    return well && stash_.makes_again() ? unchanged(files_) : well;
  }

  void forget() override { stash_.forget(kept_); }

  const std::vector<std::string>& notes() const override { return notes_; }

 private:
  Result<std::vector<std::optional<ColumnType>>> declared_of(const std::vector<std::string>& names) const {
    std::vector<std::optional<ColumnType>> declared(names.size());
    for (const auto& [name, type] : options_.types) {
      const auto at = std::find(names.begin(), names.end(), name);
      if (at == names.end()) {
        return no_such_column(files_.front(), name, names);
      }
      declared[static_cast<std::size_t>(at - names.begin())] = type;
    }
    return declared;
  }

  Result<void> parse_file(std::size_t f, const Layout& layout, Parsed& parsed, ThreadPool& pool, StopToken stop) {
    const FileText& file = files_[f];
    Result<FileRecords> found = records_of(file, dialect_, layout, notes_);
    if (!found) {
      return found.error();
    }
    const std::string_view records = found->text;
    parsed.orders.push_back(std::move(found->order));
    if (parsed.uses.empty()) {
      parsed.uses = guess_uses(sample_of(records, dialect_, parsed.names.size()), parsed.declared);
      for (std::size_t i = 0; options_.only_declared && i < parsed.uses.size(); ++i) {
        parsed.uses[i] = parsed.declared[i] ? parsed.uses[i] : Use::skip;
      }
    }
    if (parsed.moments.empty()) {
      for (const Use use : parsed.uses) {
        const bool numbers = use == Use::number || use == Use::time;
        parsed.moments.push_back(numbers ? std::optional<encoding::Moments>(std::in_place) : std::nullopt);
      }
    }
    std::vector<Use> uses = parsed.uses;
    std::vector<std::string> names = parsed.names;
    for (std::size_t k = 0; k < uses.size(); ++k) {
      uses[k] = parsed.uses[parsed.place_in_layout(f, k)];
      names[k] = parsed.names[parsed.place_in_layout(f, k)];
    }
    FileTally tally{0, found->idle};
    const char* begin = records.data();
    bool inside = false;
    const std::size_t stretch = std::max(range_bytes_, in_flight() / range_bytes_ * range_bytes_);
    for (std::size_t at = 0; at < records.size(); at += std::min(stretch, records.size() - at)) {
      const std::size_t next = std::min(at + stretch, records.size());
      file.soon(records.substr(next, stretch));
      const Survey surveyed = survey(records, at, next, inside, range_bytes_, pool);
      if (surveyed.nul != nullptr) {
        return not_text(file, surveyed.nul);
      }
      std::vector<Records> parts = parse_ranges(surveyed.ranges, begin, records.data() + records.size(), dialect_, uses, pool, stop);
      if (stop.stop_requested()) {
        return stopped();
      }
      for (const Records& part : parts) {
        if (part.fault.kind != FaultKind::none) {
          return record_fault(file, part.fault, names, dialect_);
        }
      }
      const char* const from = begin;
      begin = parts.back().end;
      inside = surveyed.inside;
      if (const Result<void> well = take_parts(f, surveyed.ranges, parts, parsed, tally, pool); !well) {
        return well;
      }
      if (stash_.memory() != nullptr) {
        file.let_go({from, begin});
      }
    }
    tell_file(file, tally.idle, tally.rows);
    return {};
  }

  struct FileTally {
    std::size_t rows = 0;
    IdleLines idle;
  };

  /// Puts the columns of parts that have rows into the stash.
  Result<void> take_parts(std::size_t f, const std::vector<Range>& ranges, std::vector<Records>& records, Parsed& parsed, FileTally& tally,
                          ThreadPool& pool) {
    const std::size_t first = parsed.parts.size();
    for (std::size_t i = 0; i < records.size(); ++i) {
      tally.idle.blank += records[i].idle.blank;
      tally.idle.comments += records[i].idle.comments;
      if (records[i].rows > 0) {
        tally.rows += records[i].rows;
        put_in_order(records[i], parsed.orders[f]);
        parsed.parts.push_back({f, ranges[i], std::move(records[i]), {}});
      }
    }
    join_texts(parsed, first, pool);
    if (const Result<void> few = check_texts(parsed); !few) {
      return few;
    }
    add_moments(parsed, first, pool);
    std::vector<std::vector<Column>> columns;
    for (std::size_t p = first; p < parsed.parts.size(); ++p) {
      columns.push_back(std::exchange(parsed.parts[p].records.columns, {}));
    }
    Result<std::vector<std::vector<kept::KeptColumn>>> kept = stash_.keep(std::move(columns), pool);
    if (!kept) {
      return kept.error();
    }
    for (std::size_t p = first; p < parsed.parts.size(); ++p) {
      parsed.parts[p].columns = std::move((*kept)[p - first]);
    }
    return {};
  }

  /// Of the numbers as they are parsed, which are at hand now.
  static void add_moments(Parsed& parsed, std::size_t first_part, ThreadPool& pool) {
    pool.run(parsed.moments.size(), [&](std::size_t i) {
      for (std::size_t p = first_part; parsed.moments[i] && p < parsed.parts.size(); ++p) {
        parsed.moments[i]->add(parsed.parts[p].records.columns[i].numbers);
      }
    });
  }

  static void join_texts(Parsed& parsed, std::size_t first_part, ThreadPool& pool) {
    parsed.texts.resize(parsed.names.size());
    pool.run(parsed.names.size(), [&](std::size_t i) {
      for (std::size_t p = first_part; p < parsed.parts.size() && parsed.uses[i] == Use::text; ++p) {
        take_texts(parsed.texts[i], parsed.parts[p].records.dictionaries[i], parsed.parts[p].records.columns[i]);
      }
    });
  }

  /// How many bytes of text are parsed at a time.
  std::size_t in_flight() const {
    constexpr std::size_t without_ceiling = std::size_t{256} << 20U;
    return stash_.memory() != nullptr ? stash_.memory()->in_flight() : without_ceiling;
  }

  void tell_file(const FileText& file, const IdleLines& idle, std::size_t rows) {
    const auto lines = [](std::uint64_t n, const char* what) {
      return fmt::format("{} {} line{}", grouped(static_cast<std::int64_t>(n)), what, n == 1 ? "" : "s");
    };
    if (idle.comments > 0) {
      notes_.push_back(fmt::format("{} of {} passed over", lines(idle.comments, "comment"), file.name()));
    }
    if (idle.blank > 0) {
      notes_.push_back(one_column_
                           ? fmt::format("{} of {} taken as missing cells of its one column", lines(idle.blank, "blank"), file.name())
                           : fmt::format("{} of {} passed over", lines(idle.blank, "blank"), file.name()));
    }
    if (rows == 0 && files_.size() > 1) {
      notes_.push_back(fmt::format("{} holds no rows", file.name()));
    }
  }

  void keep(Parsed& parsed) {
    std::uint64_t row = 0;
    for (Part& part : parsed.parts) {
      const auto bytes = static_cast<std::uint64_t>(part.range.limit - part.records.begin);
      kept_.push_back({row, part.records.rows, std::move(part.columns), {}, 2 * bytes});  // a number takes eight bytes
      row += part.records.rows;
    }
    if (!stash_.makes_again()) {
      files_.clear();
      return;
    }
    uses_ = parsed.uses;
    for (const Part& part : parsed.parts) {
      places_.push_back(parsed.place_of(part));
    }
    orders_ = std::move(parsed.orders);  // whose inner arrays stay where they are
  }

  /// A chunk from its text.
  Result<Chunk> make_again(std::size_t chunk, std::span<const std::size_t> columns) const {
    const PartPlace& place = places_[chunk];
    std::vector<Use> uses(uses_.size(), Use::skip);
    for (const std::size_t column : columns) {
      uses[column] = uses_[column];
    }
    Result<Records> records = parse_once_more(place, dialect_, uses);
    if (!records) {
      return records.error();
    }
    Chunk made{kept_[chunk].first_row, place.rows, {}, {}};
    for (const std::size_t i : columns) {
      Column column = std::move(records->columns[i]);
      if (const Result<void> well = to_levels(place, records->dictionaries[i], schema_->levels[i], column); !well) {
        return well.error();
      }
      if (schema_->columns[i].unit == days_unit) {
        to_days(column);
      }
      made.columns.push_back(std::move(column));
    }
    place.file->let_go({place.range.begin, records->end});  // where the texts stand
    return made;
  }

  kept::Stash stash_;
  std::vector<FileText> files_;  // until the scan is done, or always where chunks are made again
  CsvOptions options_;
  Dialect dialect_;
  std::size_t range_bytes_;
  bool one_column_ = false;
  std::optional<Schema> schema_;
  std::vector<kept::KeptChunk> kept_;
  std::vector<PartPlace> places_;  // of chunks, where they are made again; and what that takes besides
  std::vector<std::vector<std::size_t>> orders_;
  std::vector<Use> uses_;
  std::vector<std::string> notes_on_opening_;
  std::vector<std::string> notes_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_source(std::vector<FileText> files, CsvOptions options, std::size_t range_bytes) {
  expects(!files.empty() && range_bytes > 0, "there is a file to read, in ranges of some bytes");
  if (const Result<Dialect> well = make_dialect(options); !well) {
    return well.error();
  }
  std::vector<std::string> notes;
  if (const Result<void> well = prepare_files(files, options, notes); !well) {
    return well.error();
  }
  Result<Dialect> dialect = make_dialect(options);
  if (!dialect) {
    return dialect.error();
  }
  return std::unique_ptr<Source>(new CsvSource(std::move(files), std::move(options), std::move(*dialect), range_bytes, std::move(notes)));
}

}  // namespace fallline::csv
