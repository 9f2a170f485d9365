// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/libsvm/stretch.hpp"

#include <algorithm>
#include <cstring>

namespace fallline::libsvm {

namespace {

/// Ranges of about so many bytes, each of whole lines; none is empty.
std::vector<std::string_view> ranges_of(std::string_view text, std::size_t range_bytes) {
  std::vector<std::string_view> ranges;
  while (!text.empty()) {
    ranges.push_back(lines_within(text, range_bytes));
    text.remove_prefix(ranges.back().size());
  }
  return ranges;
}

}  // namespace

std::string_view lines_within(std::string_view text, std::size_t bytes) {
  const std::size_t size = std::min(bytes, text.size());
  const void* feed = std::memchr(text.data() + size - 1, '\n', text.size() - size + 1);
  return text.substr(0, feed != nullptr ? static_cast<std::size_t>(static_cast<const char*>(feed) - text.data()) + 1 : text.size());
}

StretchParser::StretchParser(std::string_view stretch, const char* end, std::size_t range_bytes, ThreadPool& pool)
    : end_(end), pool_(pool), ranges_(ranges_of(stretch, range_bytes)), most_(ranges_.size()), lines_(ranges_.size()) {
  pool_.run(ranges_.size(), [&](std::size_t i) { most_[i] = count_lines(ranges_[i]); });
}

std::size_t StretchParser::bytes() const {
  std::size_t bytes = 0;
  for (const LineCounts& most : most_) {
    bytes += most.rows * (sizeof(double) + sizeof(std::uint64_t)) + most.entries * (sizeof(std::uint32_t) + sizeof(double));
  }
  return bytes;
}

/// With room for the ranges [first, last).
Piece StretchParser::piece_for(std::size_t first, std::size_t last) const {
  LineCounts most;
  for (std::size_t i = first; i < last; ++i) {
    most.rows += most_[i].rows;
    most.entries += most_[i].entries;
  }
  const char* begin = ranges_[first].data();
  Piece piece;
  piece.text = {begin, static_cast<std::size_t>(ranges_[last - 1].data() + ranges_[last - 1].size() - begin)};
  piece.labels.resize(most.rows);
  piece.matrix.starts.resize(most.rows + 1);
  piece.matrix.columns.resize(most.entries);
  piece.matrix.values.resize(most.entries);
  return piece;
}

/// Where ranges held less than they might have, what follows moves up.
void StretchParser::close_gaps(std::size_t first, std::size_t last, Piece& piece) const {
  LineCounts from;
  LineCounts to;
  for (std::size_t i = first; i < last; ++i) {
    const std::uint64_t gap = from.entries - to.entries;
    if (from.rows > to.rows || gap > 0) {
      std::copy_n(piece.labels.data() + from.rows, lines_[i].rows, piece.labels.data() + to.rows);
      std::copy_n(piece.matrix.columns.data() + from.entries, lines_[i].entries, piece.matrix.columns.data() + to.entries);
      std::copy_n(piece.matrix.values.data() + from.entries, lines_[i].entries, piece.matrix.values.data() + to.entries);
      const std::uint64_t* ends = piece.matrix.starts.data() + from.rows + 1;
      std::transform(ends, ends + lines_[i].rows, piece.matrix.starts.data() + to.rows + 1, [&](std::uint64_t at) { return at - gap; });
    }
    from.rows += most_[i].rows;
    from.entries += most_[i].entries;
    to.rows += lines_[i].rows;
    to.entries += lines_[i].entries;
  }
  piece.labels.resize(to.rows);
  piece.matrix.starts.resize(to.rows + 1);
  piece.matrix.columns.resize(to.entries);
  piece.matrix.values.resize(to.entries);
  if (to.entries < from.entries / 2) {
    piece.matrix.columns.shrink_to_fit();
    piece.matrix.values.shrink_to_fit();
  }
}

Stretch StretchParser::parse(bool joined, bool from_one, StopToken stop) {
  const std::size_t at_a_time = joined ? ranges_.size() : 1;
  Stretch stretch;
  std::vector<Room> rooms(ranges_.size());
  for (std::size_t first = 0; first < ranges_.size(); first += at_a_time) {
    Piece& piece = stretch.pieces.emplace_back(piece_for(first, first + at_a_time));
    LineCounts before;
    for (std::size_t i = first; i < first + at_a_time; ++i) {
      rooms[i] = {piece.labels.data() + before.rows,
                  piece.matrix.starts.data() + before.rows + 1,
                  piece.matrix.columns.data() + before.entries,
                  piece.matrix.values.data() + before.entries,
                  most_[i],
                  before.entries};
      before.rows += most_[i].rows;
      before.entries += most_[i].entries;
    }
  }
  pool_.run(ranges_.size(), [&](std::size_t k) {
    const std::size_t i = ranges_.size() - 1 - k;  // the ones that were counted last are still in the cache
    if (!stop.stop_requested()) {
      lines_[i] = parse_lines(ranges_[i], end_, from_one, rooms[i]);
    }
  });
  for (const Lines& lines : lines_) {
    stretch.told.add(lines);
  }
  pool_.run(stretch.pieces.size(),
            [&](std::size_t p) { close_gaps(p * at_a_time, std::min((p + 1) * at_a_time, ranges_.size()), stretch.pieces[p]); });
  return stretch;
}

}  // namespace fallline::libsvm
