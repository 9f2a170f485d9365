// SPDX-License-Identifier: Apache-2.0
// How a stash lends its chunks: what is in the file is read some chunks ahead, what is nowhere is made again.
#include <algorithm>
#include <iterator>
#include <utility>

#include "fallline/base/ahead.hpp"
#include "fallline/base/expects.hpp"
#include "fallline/data/kept/stash.hpp"

namespace fallline::kept {

namespace {

/// The parts of a matrix: entries of each row, columns, values.
SparseRows joined(const Column& counts, const Column& columns, const Column& values) {
  SparseRows matrix{{0}, {}, {values.numbers.begin(), values.numbers.end()}};
  matrix.columns.resize(columns.codes.size());
  std::transform(columns.codes.begin(), columns.codes.end(), matrix.columns.begin(),
                 [](std::int32_t code) { return static_cast<std::uint32_t>(code); });
  matrix.starts.reserve(counts.codes.size() + 1);
  for (const std::int32_t count : counts.codes) {
    matrix.starts.push_back(matrix.starts.back() + static_cast<std::uint64_t>(count));
  }
  return matrix;
}

std::vector<std::size_t> nowhere_of(const KeptChunk& chunk, std::span<const std::size_t> columns) {
  std::vector<std::size_t> nowhere;
  std::copy_if(columns.begin(), columns.end(), std::back_inserter(nowhere),
               [&](std::size_t column) { return chunk.columns[column].where == Where::nowhere; });
  return nowhere;
}

template <class Visit>
void each_in_file(const KeptChunk& chunk, std::span<const std::size_t> columns, const Visit& visit) {
  for (const std::size_t column : columns) {
    if (chunk.columns[column].where == Where::file) {
      visit(chunk.columns[column].piece);
    }
  }
  for (const KeptColumn& part : chunk.matrix.parts) {
    visit(part.piece);
  }
}

}  // namespace

/// The chunks from `first` on whose bytes are brought together: a small share of the ceiling, or all that are in memory.
std::size_t Stash::end_of_stretch(const std::vector<KeptChunk>& chunks, std::span<const std::size_t> wanted,
                                  std::span<const std::size_t> columns, std::size_t first) const {
  const std::uint64_t most = memory() != nullptr ? memory()->in_flight() / 2 : 1;
  std::uint64_t bytes = 0;
  std::size_t last = first;
  while (last < wanted.size() && bytes < most) {
    const KeptChunk& chunk = chunks[wanted[last++]];
    each_in_file(chunk, columns, [&](const Piece& piece) { bytes += piece.bytes; });
    bytes += chunk.matrix.nowhere || !nowhere_of(chunk, columns).empty() ? chunk.again_bytes : 0;
  }
  return last;
}

/// Of each of these chunks what is nowhere.
Result<std::vector<Chunk>> Stash::made_again(const std::vector<KeptChunk>& chunks, std::span<const std::size_t> wanted,
                                             std::span<const std::size_t> columns, ThreadPool& pool) const {
  std::vector<Chunk> made(wanted.size());
  Faults faults;
  pool.run(makes_again() ? wanted.size() : 0, [&](std::size_t k) {
    const KeptChunk& chunk = chunks[wanted[k]];
    const std::vector<std::size_t> nowhere = nowhere_of(chunk, columns);
    if (nowhere.empty() && !chunk.matrix.nowhere) {
      return;
    }
    Result<Chunk> again = make_again(wanted[k], nowhere);
    if (again) {
      made[k] = std::move(*again);
    } else {
      faults.add(again.error());
    }
  });
  const Result<void> well = faults.result();
  return well ? Result<std::vector<Chunk>>(std::move(made)) : well.error();
}

Result<void> Stash::lend(std::vector<KeptChunk>& chunks, std::span<const std::size_t> columns, std::span<const RowRange> rows,
                         ThreadPool& pool, const TakeChunk& take) const {
  struct Stretch {
    std::span<const std::size_t> chunks = {};
    Fetched fetched = {};
    Result<void> read = {};
  };
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (overlap(rows, {chunks[i].first_row, chunks[i].first_row + chunks[i].rows})) {
      wanted.push_back(i);
    }
  }
  std::size_t brought = 0;
  Stretch now;
  Stretch next;
  Ahead ahead;  // last, so that it has ended before what it works on goes
  if (const Result<void> well = file_ ? file_->finish() : Result<void>(); !well) {
    return well;
  }
  const auto begin_next = [&] {
    const std::size_t last = end_of_stretch(chunks, wanted, columns, brought);
    next.chunks = std::span(wanted).subspan(brought, last - brought);
    brought = last;
    std::vector<Piece> pieces;
    for (const std::size_t i : next.chunks) {
      each_in_file(chunks[i], columns, [&](const Piece& piece) { pieces.push_back(piece); });
    }
    if (!pieces.empty()) {
      ahead.begin([&next, this, pieces = std::move(pieces)] { next.read = next.fetched.bring(*file_, pieces); });
    }
  };
  for (begin_next(); !next.chunks.empty();) {
    ahead.wait();
    std::swap(now, next);
    if (!now.read) {
      return now.read;
    }
    begin_next();
    Result<std::vector<Chunk>> made = made_again(chunks, now.chunks, columns, pool);
    if (!made) {
      return made.error();
    }
    for (std::size_t k = 0; k < now.chunks.size(); ++k) {
      const Result<void> well = lend(chunks[now.chunks[k]], columns, now.fetched, std::move((*made)[k]), pool, take);
      if (!well) {
        return well;
      }
    }
  }
  return {};
}

/// made: the columns that are nowhere, in the order of `columns`, and so the matrix.
Result<void> Stash::lend(KeptChunk& kept, std::span<const std::size_t> columns, const Fetched& fetched, Chunk made, ThreadPool& pool,
                         const TakeChunk& take) const {
  Chunk lent{kept.first_row, kept.rows, std::vector<Column>(columns.size()), {}};
  const auto unpacked_of = [&](const KeptColumn& column) { return unpacked(column, fetched.bytes_of(column.piece)); };
  std::size_t next_made = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    KeptColumn& column = kept.columns[columns[i]];
    if (column.where != Where::file) {
      lent.columns[i] = std::move(column.where == Where::memory ? column.held : made.columns[next_made++]);
    }
  }
  pool.run(full_.load() ? columns.size() : 0, [&](std::size_t i) {
    const KeptColumn& column = kept.columns[columns[i]];
    if (column.where == Where::file) {
      lent.columns[i] = unpacked_of(column);
    }
  });
  if (kept.matrix.parts.empty()) {
    lent.matrix = std::move(kept.matrix.nowhere ? made.matrix : kept.matrix.held);
  } else {
    const std::vector<KeptColumn>& parts = kept.matrix.parts;
    lent.matrix = joined(unpacked_of(parts[0]), unpacked_of(parts[1]), unpacked_of(parts[2]));
    if (settle_matrix) {
      settle_matrix(lent.matrix);
    }
  }
  expects(lent.matrix.starts.empty() || lent.matrix.starts.back() == lent.matrix.columns.size(), "what was taken over is not read again");
  const Result<void> taken = take(lent);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    put_back(kept.columns[columns[i]], std::move(lent.columns[i]));
  }
  if (kept.matrix.parts.empty() && !kept.matrix.nowhere) {
    kept.matrix.held = std::move(lent.matrix);
  }
  return taken;
}

}  // namespace fallline::kept
