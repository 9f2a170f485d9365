// SPDX-License-Identifier: Apache-2.0
// Files are read stretch by stretch. Where its rows stay in memory a stretch is one chunk, else one for each range, so that little is read
// back at a time; what is made of the rows depends on neither.
#include "fallline/data/libsvm/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fallline/base/ahead.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/data/kept/stash.hpp"
#include "fallline/data/libsvm/complaints.hpp"
#include "fallline/data/libsvm/stretch.hpp"

namespace fallline::libsvm {

namespace {

using csv::FileText;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string count(std::uint64_t n, const char* one, const char* many) {
  return fmt::format("{} {}", grouped(static_cast<std::int64_t>(n)), n == 1 ? one : many);
}

/// Leaves out the entries of `width` and more, which stand at the ends of rows.
void leave_out(SparseRows& matrix, std::size_t width) {
  std::uint64_t kept = 0;
  std::uint64_t first = 0;
  for (std::size_t row = 0; row + 1 < matrix.starts.size(); ++row) {
    const std::uint64_t last = matrix.starts[row + 1];
    for (std::uint64_t i = first; i < last && matrix.columns[i] < width; ++i, ++kept) {
      matrix.columns[kept] = matrix.columns[i];
      matrix.values[kept] = matrix.values[i];
    }
    matrix.starts[row + 1] = kept;
    first = last;
  }
  matrix.columns.resize(static_cast<std::size_t>(kept));
  matrix.values.resize(static_cast<std::size_t>(kept));
}

/// How the numbers of features in the file become those of the matrix. largest: of those in the file, as the matrix numbers them.
struct Numbering {
  std::uint32_t base = 0;
  std::uint32_t largest = 0;
  std::size_t width = 0;

  bool leaves_out() const { return largest >= width; }

  void settle(SparseRows& matrix, ThreadPool& pool) const {
    constexpr std::size_t block = std::size_t{1} << 16U;
    const auto columns = std::span(matrix.columns);
    pool.run((columns.size() + block - 1) / block, [&](std::size_t b) {
      for (std::uint32_t& column : columns.subspan(b * block, std::min(block, columns.size() - b * block))) {
        column -= base;
      }
    });
    if (leaves_out()) {
      leave_out(matrix, width);
    }
  }
};

class LibsvmSource final : public Source {
 public:
  LibsvmSource(std::vector<FileText> files, LibsvmOptions options, std::size_t range_bytes)
      : stash_(options.memory), files_(std::move(files)), options_(options), range_bytes_(range_bytes) {
    stash_.make_again = [this](std::size_t chunk, std::span<const std::size_t> columns) { return make_again(chunk, columns); };
  }

  Result<Schema> scan(ThreadPool& pool, StopToken stop) override {
    if (schema_) {
      return *schema_;
    }
    notes_.clear();
    Lines totals;
    for (const FileText& file : files_) {
      const Result<void> well = parse_file(file, totals, pool, stop);
      if (!well) {
        return well.error();
      }
    }
    if (const Result<void> same = csv::unchanged(files_); !same) {
      return same.error();
    }
    if (!stash_.makes_again()) {
      release_.begin([this] { files_.clear(); });  // the system takes its time to take back the pages of a mapping
    }
    if (const Result<void> well = settle(totals, pool); !well) {
      return well.error();
    }
    return *schema_;
  }

  Result<void> read_rows(std::span<const std::size_t> columns, std::span<const RowRange> rows, ThreadPool& pool,
                         const TakeChunk& take) override {
    expects(schema_.has_value(), "a source is scanned before it is read");
    expects(std::all_of(columns.begin(), columns.end(), [](std::size_t column) { return column == 0; }) && columns.size() <= 1,
            "the label is the one column of this format, asked for once");
    const Result<void> well = stash_.lend(kept_, columns, rows, pool, take);
    return well && stash_.makes_again() ? csv::unchanged(files_) : well;
  }

  void forget() override { stash_.forget(kept_); }

  const std::vector<std::string>& notes() const override { return notes_; }

 private:
  Result<void> parse_file(const FileText& file, Lines& totals, ThreadPool& pool, StopToken stop) {
    std::string_view text = file.bytes();
    text.remove_prefix(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    const std::size_t at_a_time =
        stash_.memory() != nullptr ? std::max(range_bytes_, stash_.memory()->in_flight() / range_bytes_ * range_bytes_) : text.size();
    const std::size_t rows = totals.rows;
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view lines = lines_within(rest, at_a_time);
      rest.remove_prefix(lines.size());
      StretchParser parser(lines, text.data() + text.size(), range_bytes_, pool);
      const bool joined = stash_.memory() == nullptr || stash_.memory()->has_room(parser.bytes());
      Stretch stretch = parser.parse(joined, options_.zero_based == false, stop);
      if (stop.stop_requested()) {
        return Error{ErrorCode::interrupted, "Stopped while reading the data; nothing was written."};
      }
      if (stretch.told.fault.kind != FaultKind::none) {
        const Result<void> same = file.unchanged();
        return same ? line_fault(file, stretch.told.fault) : same;
      }
      if (const Result<void> well = keep(file, stretch.pieces, totals.rows, pool); !well) {
        return well;
      }
      totals.add(stretch.told);
      if (stash_.memory() != nullptr && (!rest.empty() || &file != &files_.back())) {
        file.let_go(lines);
      }
    }
    return totals.rows > rows ? Result<void>() : data_error(fmt::format("{} holds only blank lines and comments: no rows.", file.name()));
  }

  /// Puts the pieces that have rows into the stash. row: the first of theirs.
  Result<void> keep(const FileText& file, std::vector<Piece>& pieces, std::uint64_t row, ThreadPool& pool) {
    std::erase_if(pieces, [](const Piece& piece) { return piece.labels.empty(); });
    const std::size_t first = kept_.size();
    kept_.resize(first + pieces.size());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      kept_[first + i].first_row = row;
      kept_[first + i].rows = pieces[i].labels.size();
      kept_[first + i].again_bytes = 2 * pieces[i].text.size();  // an entry takes twelve bytes and was about as many characters
      row += pieces[i].labels.size();
      if (stash_.makes_again()) {
        origins_.push_back({&file, pieces[i].text});
      }
    }
    kept::Faults faults;
    pool.run(pieces.size(), [&](std::size_t i) {
      Result<kept::KeptColumn> labels = stash_.keep({std::move(pieces[i].labels), {}});
      Result<kept::KeptMatrix> matrix = stash_.keep(std::move(pieces[i].matrix));
      if (!labels || !matrix) {
        return faults.add(labels ? matrix.error() : labels.error());
      }
      kept_[first + i].columns.push_back(std::move(*labels));
      kept_[first + i].matrix = std::move(*matrix);
    });
    return faults.result();
  }

  /// A chunk from its text.
  Result<Chunk> make_again(std::size_t chunk, std::span<const std::size_t> columns) const {
    const auto& [file, text] = origins_[chunk];
    ThreadPool alone(1);
    StretchParser parser(text, file->bytes().data() + file->bytes().size(), text.size(), alone);
    Stretch stretch = parser.parse(true, options_.zero_based == false, {});
    file->let_go(text);
    Piece& piece = stretch.pieces.front();
    if (stretch.told.fault.kind != FaultKind::none || piece.labels.size() != kept_[chunk].rows) {
      return file->changed();
    }
    Chunk made{kept_[chunk].first_row, kept_[chunk].rows, {}, std::move(piece.matrix)};
    numbering_.settle(made.matrix, alone);
    if (!columns.empty()) {
      made.columns.push_back({std::move(piece.labels), {}});
    }
    return made;
  }

  /// Settles how features are numbered and how many there are.
  Result<void> settle(const Lines& totals, ThreadPool& pool) {
    Schema schema;
    schema.columns = {{libsvm_label, ColumnType::number}};
    schema.levels.resize(1);
    schema.rows = totals.rows;
    schema.target = libsvm_label;
    schema.matrix_first = options_.zero_based.value_or(totals.zero) ? 0 : 1;
    schema.matrix = options_.width.value_or(totals.entries > 0 ? totals.largest + 1 - schema.matrix_first : 0);
    schema.matrix_entries = totals.entries;
    numbering_ = {schema.matrix_first, totals.entries > 0 ? totals.largest - schema.matrix_first : 0, schema.matrix};
    stash_.settle_matrix = [this](SparseRows& matrix) {
      ThreadPool alone(1);
      numbering_.settle(matrix, alone);
    };
    for (kept::KeptChunk& chunk : kept_) {
      numbering_.settle(chunk.matrix.held, pool);
    }
    const Result<std::uint64_t> left_out = numbering_.leaves_out() ? count_left_out(totals.entries, pool) : 0;
    if (!left_out) {
      return left_out.error();
    }
    tell(totals, *left_out, schema);
    schema_ = std::move(schema);
    return {};
  }

  Result<std::uint64_t> count_left_out(std::uint64_t entries, ThreadPool& pool) {
    const RowRange all;
    const Result<void> well = stash_.lend(kept_, {}, {&all, 1}, pool, [&](const Chunk& chunk) -> Result<void> {
      entries -= chunk.matrix.columns.size();
      return {};
    });
    return well ? Result<std::uint64_t>(entries) : well.error();
  }

  void tell(const Lines& totals, std::uint64_t left_out, const Schema& schema) {
    if (!options_.zero_based) {
      notes_.push_back(fmt::format("{} with {} numbered from {}, since {} line has the index 0; {} entries a row",
                                   count(totals.rows, "row", "rows"), count(schema.matrix, "feature", "features"), schema.matrix_first,
                                   schema.matrix_first == 0 ? "a" : "no",
                                   brief(static_cast<double>(totals.entries) / static_cast<double>(totals.rows), 3)));
    }
    if (totals.queries > 0) {
      notes_.push_back(fmt::format("qid is ignored, in {}: every row stands for itself", count(totals.queries, "row", "rows")));
    }
    if (totals.skipped > 0) {
      notes_.push_back(fmt::format("passed over: {}, blank or with a comment only", count(totals.skipped, "line", "lines")));
    }
    if (left_out > 0) {
      notes_.push_back(fmt::format("left out: {} with an index above {}, the largest in training", count(left_out, "entry", "entries"),
                                   schema.matrix + schema.matrix_first - 1));
    }
  }

  /// Where a chunk came from.
  struct Origin {
    const FileText* file = nullptr;
    std::string_view text;
  };

  kept::Stash stash_;
  std::vector<FileText> files_;  // until the scan is done, or always where chunks are made again
  LibsvmOptions options_;
  std::size_t range_bytes_;
  std::optional<Schema> schema_;
  std::vector<kept::KeptChunk> kept_;
  std::vector<Origin> origins_;  // of chunks, where they are made again
  Numbering numbering_;
  std::vector<std::string> notes_;
  Ahead release_;  // last: it ends before what it releases
};

}  // namespace

Result<std::unique_ptr<Source>> make_source(std::vector<FileText> files, LibsvmOptions options, std::size_t range_bytes) {
  expects(!files.empty() && range_bytes > 0, "there is a file to read, in ranges of some bytes");
  for (const FileText& file : files) {
    if (file.bytes().empty()) {
      return data_error(fmt::format("{} is empty: it holds no rows.", file.name()));
    }
  }
  return std::unique_ptr<Source>(new LibsvmSource(std::move(files), options, range_bytes));
}

}  // namespace fallline::libsvm

namespace fallline {

Result<std::unique_ptr<Source>> open_libsvm(std::vector<std::string> paths, LibsvmOptions options) {
  Result<std::vector<csv::FileText>> files = csv::open_all(paths);
  return files ? libsvm::make_source(std::move(*files), options) : files.error();
}

Result<std::unique_ptr<Source>> libsvm_from_text(std::string text, std::string name, LibsvmOptions options) {
  std::vector<csv::FileText> files;
  files.push_back(csv::FileText::holding(std::move(text), std::move(name)));
  return libsvm::make_source(std::move(files), options);
}

}  // namespace fallline
