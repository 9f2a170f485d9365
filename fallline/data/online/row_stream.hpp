// SPDX-License-Identifier: Apache-2.0
// RowStream: rows of CSV or LIBSVM text that never ends, in pieces of whole records as they come. A piece is read by the reader of its
// format, as if it were a file of its own with the header in front and the lines counted from the start of the stream, so that numbers,
// missing cells and faults are what they are in a file. Memory does not grow with the stream.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/data/csv.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/libsvm.hpp"
#include "fallline/data/online/descriptor.hpp"
#include "fallline/data/online/records.hpp"
#include "fallline/data/source.hpp"

namespace fallline {

/// Whole records, one at least. line: where the first of them, or an idle line before it, stands in the stream, from 1.
struct StreamPiece {
  std::string text = {};
  std::size_t records = 0;
  std::size_t line = 1;

  bool empty() const { return records == 0; }
};

class RowStream {
 public:
  static Result<RowStream> csv(online::ReadBytes bytes, std::string name, CsvOptions options);
  static Result<RowStream> libsvm(online::ReadBytes bytes, std::string name, LibsvmOptions options = {});

  /// The next `records` rows, which it waits for; fewer where the stream ends or it was asked to stop.
  Result<StreamPiece> take(std::size_t records, StopToken stop = {});
  /// The rows that have come, as soon as there is one. Empty at the end, or where it was asked to stop.
  Result<StreamPiece> next(StopToken stop = {});

  /// The rows of a piece.
  Result<std::unique_ptr<Source>> open(const StreamPiece& piece) const;
  /// The records of a piece one by one.
  std::vector<StreamPiece> apart(const StreamPiece& piece) const;

  /// From here on columns have the types that they had for this encoder, missing cells its texts, and no other column is looked at.
  void expect(const Encoder& encoder, const TargetCoding& target, const std::string& weight);

  const std::string& name() const { return name_; }
  /// How the first line was understood.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  RowStream(online::ReadBytes bytes, std::string name, online::CutRecords cut);
  Result<StreamPiece> wait_for(std::size_t least, std::size_t most, StopToken stop);
  Result<void> begin(StopToken stop);
  Result<bool> read_more(StopToken stop);
  StreamPiece cut_off(online::Cut cut);

  online::ReadBytes bytes_;
  std::string name_;
  online::CutRecords cut_;
  std::optional<CsvOptions> csv_;
  LibsvmOptions libsvm_;
  bool begun_ = false;
  bool ended_ = false;
  std::string buffer_;    // what has come and was not handed on
  std::size_t line_ = 1;  // of its first byte
  std::string header_;    // the text of the header, with what stood before it
  std::size_t header_lines_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace fallline
