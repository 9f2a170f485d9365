// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/online/row_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fallline/data/csv/layout.hpp"
#include "fallline/data/csv/opening.hpp"
#include "fallline/data/csv/source.hpp"
#include "fallline/data/libsvm/source.hpp"

namespace fallline {

namespace {

constexpr std::size_t read_bytes = std::size_t{1} << 18U;
constexpr std::size_t longest_record = std::size_t{1} << 26U;
constexpr std::size_t any_number = ~std::size_t{0};

/// Ends of lines, a carriage return with its line feed being one.
std::size_t lines_in(std::string_view text) {
  std::size_t lines = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    lines += text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) ? 1 : 0;
  }
  return lines;
}

/// What a reader of files takes from their first bytes and a stream cannot.
Result<void> check_beginning(std::string_view text, const std::string& name) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return data_error(
        fmt::format("{} is UTF-16, which is not read as an endless stream. Convert it on its way: iconv -f utf-16 -t utf-8.", name));
  }
  if (text.starts_with("sep=") || text.starts_with("\"sep=")) {
    return data_error(
        fmt::format("{}:1: the first line names the delimiter. Leave the line out of an endless stream, and pass --delimiter.", name));
  }
  return {};
}

}  // namespace

RowStream::RowStream(online::ReadBytes bytes, std::string name, online::CutRecords cut)
    : bytes_(std::move(bytes)), name_(std::move(name)), cut_(std::move(cut)) {}

Result<RowStream> RowStream::csv(online::ReadBytes bytes, std::string name, CsvOptions options) {
  if (options.encoding == TextEncoding::utf16) {
    return usage_error("An endless stream is not read as UTF-16. Convert it on its way: iconv -f utf-16 -t utf-8.");
  }
  auto dialect = csv::make_dialect(options);
  if (!dialect) {
    return dialect.error();
  }
  RowStream stream(std::move(bytes), std::move(name), online::cut_csv(std::move(*dialect)));
  stream.csv_ = std::move(options);
  return stream;
}

Result<RowStream> RowStream::libsvm(online::ReadBytes bytes, std::string name, LibsvmOptions options) {
  RowStream stream(std::move(bytes), std::move(name), online::cut_libsvm());
  stream.libsvm_ = options;
  stream.begun_ = true;
  return stream;
}

Result<StreamPiece> RowStream::take(std::size_t records, StopToken stop) {
  const Result<void> begun = begin(stop);
  return begun ? wait_for(records, records, stop) : begun.error();
}

Result<StreamPiece> RowStream::next(StopToken stop) {
  const Result<void> begun = begin(stop);
  return begun ? wait_for(1, any_number, stop) : begun.error();
}

/// `least` records of what stands in the buffer once they have come, or all up to `most`.
Result<StreamPiece> RowStream::wait_for(std::size_t least, std::size_t most, StopToken stop) {
  for (;;) {
    const online::Cut cut = cut_(buffer_, ended_, most);
    if (cut.records >= least || ended_) {
      return cut_off(cut);
    }
    if (buffer_.size() - cut.bytes > longest_record) {
      return data_error(fmt::format("{}:{}: a row of more than {} MB stands behind this line: perhaps a quote that is never closed.", name_,
                                    line_ + lines_in(std::string_view(buffer_).substr(0, cut.bytes)), longest_record >> 20U));
    }
    const Result<bool> more = read_more(stop);
    if (!more) {
      return more.error();
    }
    if (!*more) {
      return cut_off(cut_(buffer_, false, most));
    }
  }
}

/// False: it was asked to stop.
Result<bool> RowStream::read_more(StopToken stop) {
  const std::size_t before = buffer_.size();
  buffer_.resize(before + read_bytes);
  const Result<std::size_t> got = bytes_(std::span(buffer_).subspan(before), stop);
  buffer_.resize(before + (got ? *got : 0));
  if (!got) {
    return got.error();
  }
  ended_ = *got == 0 && !stop.stop_requested();
  return !stop.stop_requested();
}

StreamPiece RowStream::cut_off(online::Cut cut) {
  StreamPiece piece{buffer_.substr(0, cut.bytes), cut.records, line_};
  buffer_.erase(0, cut.bytes);
  line_ += lines_in(piece.text);
  return piece;
}

/// Whether the first line is a header is decided, where it is not told, by that line and the next, however many have come.
Result<void> RowStream::begin(StopToken stop) {
  if (begun_) {
    return {};
  }
  const Result<StreamPiece> front = wait_for(2, 2, stop);
  if (!front || front->empty()) {
    return front ? Result<void>() : front.error();
  }
  begun_ = true;
  if (const Result<void> well = check_beginning(front->text, name_); !well) {
    return well;
  }
  std::vector<csv::FileText> files{csv::FileText::holding(front->text, name_)};
  CsvOptions options = *csv_;
  std::vector<std::string> ignored;
  if (const Result<void> well = csv::prepare_files(files, options, ignored); !well) {
    return well;
  }
  const auto dialect = csv::make_dialect(options);
  const auto layout = csv::layout_of(files.front(), *dialect, csv_->header, csv_->delimiter.has_value(), notes_);
  if (!layout) {
    return layout.error();
  }
  csv_->header = layout->header;
  line_ = 1;
  buffer_.insert(0, front->text);
  if (layout->header) {
    StreamPiece header = cut_off(cut_(buffer_, ended_, 1));
    header_ = std::move(header.text);
    header_lines_ = lines_in(header_);
  }
  return {};
}

Result<std::unique_ptr<Source>> RowStream::open(const StreamPiece& piece) const {
  csv::FileText file = csv::FileText::holding(header_ + piece.text, name_);
  file.skip_front(0, piece.line - 1 - header_lines_);
  std::vector<csv::FileText> files;
  files.push_back(std::move(file));
  return csv_ ? csv::make_source(std::move(files), *csv_) : libsvm::make_source(std::move(files), libsvm_);
}

std::vector<StreamPiece> RowStream::apart(const StreamPiece& piece) const {
  std::vector<StreamPiece> all;
  std::string_view rest = piece.text;
  std::size_t line = piece.line;
  for (online::Cut cut = cut_(rest, true, 1); cut.records > 0; cut = cut_(rest, true, 1)) {
    all.push_back({std::string(rest.substr(0, cut.bytes)), 1, line});
    line += lines_in(all.back().text);
    rest.remove_prefix(cut.bytes);
  }
  return all;
}

void RowStream::expect(const Encoder& encoder, const TargetCoding& target, const std::string& weight) {
  if (csv_) {
    csv_->types = declared_types(encoder, &target);
    if (!weight.empty()) {
      csv_->types.try_emplace(weight, ColumnType::number);
    }
    csv_->only_declared = true;
    csv_->missing = encoder.missing;
  } else if (encoder.matrix) {
    libsvm_.zero_based = encoder.matrix->first_number == 0;
    libsvm_.width = encoder.matrix->width;
  }
}

}  // namespace fallline
