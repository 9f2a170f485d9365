// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "fallline/base/text.hpp"
#include "fallline/data/csv/complaints.hpp"
#include "fallline/data/csv/layout.hpp"
#include "fallline/data/csv/types.hpp"

namespace fallline::csv {

namespace {

Error stopped() { return {ErrorCode::interrupted, "Stopped while reading the data; nothing was written."}; }

class CsvSource final : public Source {
 public:
  CsvSource(std::vector<FileText> files, CsvOptions options, Dialect dialect, std::size_t range_bytes)
      : files_(std::move(files)), options_(std::move(options)), dialect_(std::move(dialect)), range_bytes_(range_bytes) {}

  Result<Schema> scan(ThreadPool& pool, StopToken stop) override {
    if (schema_) {
      return *schema_;
    }
    notes_.clear();
    const Result<Layout> layout = layout_of(files_.front(), dialect_, options_.header, notes_);
    if (!layout) {
      return layout.error();
    }
    Result<std::vector<std::optional<ColumnType>>> declared = declared_of(layout->names);
    if (!declared) {
      return declared.error();
    }
    Parsed parsed{files_, dialect_, layout->names, std::move(*declared), layout->header, {}, {}};
    for (std::size_t f = 0; f < files_.size(); ++f) {
      const Result<void> well = parse_file(f, *layout, parsed, pool, stop);
      if (!well) {
        return well.error();
      }
    }
    Result<Schema> schema = settle_types(parsed, pool, stop, notes_);
    if (stop.stop_requested()) {
      return stopped();
    }
    if (!schema) {
      return schema.error();
    }
    keep(parsed);
    schema->missing = options_.missing;
    schema_ = std::move(*schema);
    return *schema_;
  }

  /// The asked columns are lent to the chunk and taken back, so nothing is copied; `take` may not read this source itself.
  Result<void> read(std::span<const std::size_t> columns, ThreadPool& /*pool*/, const TakeChunk& take) override {
    expects(schema_.has_value(), "a source is scanned before it is read");
    for (Chunk& kept : kept_) {
      Chunk lent{kept.first_row, kept.rows, {}};
      for (const std::size_t column : columns) {
        expects(column < kept.columns.size(), "a column that is read lies in the schema");
        lent.columns.push_back(std::move(kept.columns[column]));
      }
      const Result<void> taken = take(lent);
      for (std::size_t i = 0; i < columns.size(); ++i) {
        kept.columns[columns[i]] = std::move(lent.columns[i]);
      }
      if (!taken) {
        return taken.error();
      }
    }
    return {};
  }

  const std::vector<std::string>& notes() const override { return notes_; }

 private:
  Result<std::vector<std::optional<ColumnType>>> declared_of(const std::vector<std::string>& names) const {
    std::vector<std::optional<ColumnType>> declared(names.size());
    for (const auto& [name, type] : options_.types) {
      const auto at = std::find(names.begin(), names.end(), name);
      if (at == names.end()) {
        return data_error(fmt::format("{} has no column {}, which is asked for.{}{}", files_.front().name(), quoted(name),
                                      did_you_mean(name, names),
                                      names.size() <= 50 ? fmt::format(" Its columns are {}.", join(names, ", ")) : ""));
      }
      declared[static_cast<std::size_t>(at - names.begin())] = type;
    }
    return declared;
  }

  Result<void> parse_file(std::size_t f, const Layout& layout, Parsed& parsed, ThreadPool& pool, StopToken stop) {
    const FileText& file = files_[f];
    const Result<std::string_view> records = records_of(file, dialect_, layout);
    if (!records) {
      return records.error();
    }
    if (parsed.uses.empty()) {
      parsed.uses = guess_uses(*records, dialect_, parsed.declared);
      for (std::size_t i = 0; options_.only_declared && i < parsed.uses.size(); ++i) {
        parsed.uses[i] = parsed.declared[i] ? parsed.uses[i] : Use::skip;
      }
    }
    const Survey surveyed = survey(*records, range_bytes_, pool);
    if (surveyed.nul != nullptr) {
      return not_text(file, surveyed.nul);
    }
    const char* end = records->data() + records->size();
    std::vector<Records> parts = parse_ranges(surveyed.ranges, end, dialect_, parsed.uses, pool, stop);
    if (stop.stop_requested()) {
      return stopped();
    }
    std::size_t rows = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].fault.kind != FaultKind::none) {
        return record_fault(file, parts[i].fault, parsed.names);
      }
      rows += parts[i].rows;
      parsed.parts.push_back({f, surveyed.ranges[i], std::move(parts[i])});
    }
    if (rows == 0) {
      return data_error(fmt::format("{} holds column names but no rows. If its first line is data, pass --no-header.", file.name()));
    }
    return {};
  }

  void keep(Parsed& parsed) {
    std::uint64_t row = 0;
    for (Part& part : parsed.parts) {
      if (part.records.rows > 0) {
        kept_.push_back({row, part.records.rows, std::move(part.records.columns)});
        row += part.records.rows;
      }
    }
    files_.clear();
  }

  std::vector<FileText> files_;  // until the scan is done
  CsvOptions options_;
  Dialect dialect_;
  std::size_t range_bytes_;
  std::optional<Schema> schema_;
  std::vector<Chunk> kept_;
  std::vector<std::string> notes_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_source(std::vector<FileText> files, CsvOptions options, std::size_t range_bytes) {
  expects(!files.empty() && range_bytes > 0, "there is a file to read, in ranges of some bytes");
  Result<Dialect> dialect = make_dialect(options);
  if (!dialect) {
    return dialect.error();
  }
  for (const FileText& file : files) {
    if (file.bytes().empty()) {
      return data_error(fmt::format("{} is empty: it holds no rows.", file.name()));
    }
  }
  return std::unique_ptr<Source>(new CsvSource(std::move(files), std::move(options), std::move(*dialect), range_bytes));
}

}  // namespace fallline::csv
