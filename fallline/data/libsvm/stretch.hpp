// SPDX-License-Identifier: Apache-2.0
// A stretch of whole lines as rows. It is cut into ranges, which threads parse each by itself. Joined, all write into one piece, each to
// the place that a count of its lines and colons gives it beforehand: a few large arrays cost the system a fraction of what many small ones
// do.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fallline/base/stop.hpp"
#include "fallline/data/libsvm/lines.hpp"
#include "fallline/data/table.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline::libsvm {

/// Rows that stand together, in `text`. matrix.columns: the indices as the lines have them.
struct Piece {
  std::string_view text;
  std::vector<double> labels;
  SparseRows matrix;
};

/// told: of all pieces; its fault is the first, and the pieces are of no use where there is one.
struct Stretch {
  std::vector<Piece> pieces;
  Lines told;
};

class StretchParser {
 public:
  /// The stretch begins at a line and ends with one; the bytes up to `end` may be looked at.
  StretchParser(std::string_view stretch, const char* end, std::size_t range_bytes, ThreadPool& pool);

  /// The most memory that the rows may take.
  std::size_t bytes() const;

  /// joined: in one piece, else in one for each range. from_one: index 0 is a fault.
  Stretch parse(bool joined, bool from_one, StopToken stop);

 private:
  Piece piece_for(std::size_t first, std::size_t last) const;
  void close_gaps(std::size_t first, std::size_t last, Piece& piece) const;

  const char* end_;
  ThreadPool& pool_;
  std::vector<std::string_view> ranges_;
  std::vector<LineCounts> most_;
  std::vector<Lines> lines_;
};

/// The first bytes, about so many, up to the end of a line.
std::string_view lines_within(std::string_view text, std::size_t bytes);

}  // namespace fallline::libsvm
