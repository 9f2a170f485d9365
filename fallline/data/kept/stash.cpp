// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/stash.hpp"

#include <algorithm>
#include <utility>

#include "fallline/base/ahead.hpp"
#include "fallline/base/expects.hpp"

namespace fallline::kept {

namespace {

std::uint64_t size_of(const SparseRows& matrix) {
  return matrix.starts.size() * sizeof(std::uint64_t) + matrix.columns.size() * (sizeof(std::uint32_t) + sizeof(double));
}

Column recoded(Column column, const Recoding& recoding) {
  for (std::int32_t& code : column.codes) {
    code = code < 0 || !recoding ? code : (*recoding)[static_cast<std::size_t>(code)];
  }
  return column;
}

Column unpacked(const KeptColumn& kept, std::span<const std::byte> bytes) {
  Column column;
  if (kept.is_text) {
    column.codes = unpack_codes(kept.packed, bytes);
  } else {
    column.numbers = unpack_numbers(kept.packed, bytes);
  }
  return recoded(std::move(column), kept.recoding);
}

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

template <class Visit>
void each_in_file(const KeptChunk& chunk, std::span<const std::size_t> columns, const Visit& visit) {
  for (const std::size_t column : columns) {
    if (chunk.columns[column].in_file) {
      visit(chunk.columns[column].piece);
    }
  }
  for (const KeptColumn& part : chunk.matrix.parts) {
    visit(part.piece);
  }
}

}  // namespace

bool Stash::stays(std::uint64_t bytes) {
  if (full_.load() || !share_.take(bytes)) {
    full_.store(true);  // once for all: what is to come gets no crumbs of memory that others need
    return false;
  }
  return true;
}

KeptColumn Stash::held_or_packed(Column column) {
  if (stays(column.numbers.capacity() * sizeof(double) + column.codes.capacity() * sizeof(std::int32_t))) {
    return {.held = std::move(column)};
  }
  const bool is_text = !column.codes.empty();
  return {.packed = is_text ? pack_codes(column.codes) : pack_numbers(column.numbers), .in_file = true, .is_text = is_text};
}

Result<void> Stash::to_file(KeptColumn& kept) {
  {
    const Locked lock(mutex_);
    if (!file_) {
      Result<std::unique_ptr<ScratchFile>> file = ScratchFile::create(*memory());
      if (!file) {
        return file.error();
      }
      file_ = std::move(*file);
    }
  }
  const Result<std::uint64_t> at = file_->append(kept.packed.bytes);
  if (!at) {
    return at.error();
  }
  kept.piece = {*at, kept.packed.bytes.size()};
  kept.packed.bytes = std::vector<std::byte>();  // with its memory, which = {} would keep
  return {};
}

Result<KeptColumn> Stash::keep(Column column) {
  KeptColumn kept = held_or_packed(std::move(column));
  const Result<void> well = kept.in_file ? to_file(kept) : Result<void>();
  return well ? Result<KeptColumn>(std::move(kept)) : well.error();
}

Result<std::vector<std::vector<KeptColumn>>> Stash::keep(std::vector<std::vector<Column>> parts, ThreadPool& pool) {
  std::vector<std::vector<KeptColumn>> kept(parts.size());
  pool.run(parts.size(), [&](std::size_t p) {
    for (Column& column : parts[p]) {
      kept[p].push_back(held_or_packed(std::move(column)));
    }
    parts[p] = std::vector<Column>();
  });
  for (std::size_t i = 0; !kept.empty() && i < kept.front().size(); ++i) {
    for (std::vector<KeptColumn>& part : kept) {
      const Result<void> well = part[i].in_file ? to_file(part[i]) : Result<void>();
      if (!well) {
        return well.error();
      }
    }
  }
  return kept;
}

Result<KeptMatrix> Stash::keep(SparseRows matrix) {
  if (stays(size_of(matrix))) {
    return KeptMatrix{std::move(matrix), {}};
  }
  std::vector<std::int32_t> counts(matrix.starts.empty() ? 0 : matrix.starts.size() - 1);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = static_cast<std::int32_t>(matrix.starts[i + 1] - matrix.starts[i]);
  }
  const std::vector<std::int32_t> columns(matrix.columns.begin(), matrix.columns.end());
  KeptMatrix kept;
  for (Packed packed : {pack_codes(counts), pack_codes(columns), pack_numbers(matrix.values)}) {
    KeptColumn& part = kept.parts.emplace_back(KeptColumn{.packed = std::move(packed), .in_file = true, .is_text = kept.parts.size() < 2});
    if (const Result<void> well = to_file(part); !well) {
      return well.error();
    }
  }
  return kept;
}

Result<Column> Stash::borrow(KeptColumn& kept) const {
  if (!kept.in_file) {
    return std::move(kept.held);
  }
  AlignedBytes room;
  const auto bytes = file_->read(kept.piece.at, static_cast<std::size_t>(kept.piece.bytes), room);
  return bytes ? Result<Column>(unpacked(kept, *bytes)) : bytes.error();
}

Result<SparseRows> Stash::borrow(KeptMatrix& kept) const {
  if (kept.parts.empty()) {
    return std::move(kept.held);
  }
  std::vector<Column> parts;
  for (KeptColumn& part : kept.parts) {
    Result<Column> column = borrow(part);
    if (!column) {
      return column.error();
    }
    parts.push_back(std::move(*column));
  }
  SparseRows matrix = joined(parts[0], parts[1], parts[2]);
  if (settle_matrix) {
    settle_matrix(matrix);
  }
  return matrix;
}

void Stash::put_back(KeptColumn& kept, Column column) {
  if (!kept.in_file) {
    kept.held = std::move(column);
  }
}

void Stash::put_back(KeptMatrix& kept, SparseRows matrix) {
  if (kept.parts.empty()) {
    kept.held = std::move(matrix);
  }
}

Result<void> Stash::replace(KeptColumn& kept, Column column) {
  if (!kept.in_file && !full_.load()) {
    kept.held = std::move(column);
    return {};
  }
  Result<KeptColumn> fresh = keep(std::move(column));
  if (!fresh) {
    return fresh.error();
  }
  kept = std::move(*fresh);
  return {};
}

void Stash::recode(KeptColumn& kept, const Recoding& recoding) {
  if (kept.in_file) {
    expects(!kept.recoding, "a column is recoded once");
    kept.recoding = recoding;
  } else {
    kept.held = recoded(std::move(kept.held), recoding);
  }
}

/// The chunks from `first` on whose bytes are brought together: a small share of the ceiling, or all that are in memory.
std::size_t Stash::end_of_stretch(const std::vector<KeptChunk>& chunks, std::span<const std::size_t> columns, std::size_t first) const {
  const std::uint64_t most = memory() != nullptr ? memory()->in_flight() / 2 : 1;
  std::uint64_t bytes = 0;
  std::size_t last = first;
  while (last < chunks.size() && bytes < most) {
    each_in_file(chunks[last++], columns, [&](const Piece& piece) { bytes += piece.bytes; });
  }
  return last;
}

Result<void> Stash::lend(std::vector<KeptChunk>& chunks, std::span<const std::size_t> columns, ThreadPool& pool,
                         const TakeChunk& take) const {
  struct Stretch {
    std::size_t first = 0;
    std::size_t last = 0;
    Fetched fetched = {};
    Result<void> read = {};
  };
  Stretch now;
  Stretch next;
  Ahead ahead;  // last, so that it has ended before what it works on goes
  if (const Result<void> well = file_ ? file_->finish() : Result<void>(); !well) {
    return well;
  }
  const auto begin_next = [&] {
    next.first = now.last;
    next.last = end_of_stretch(chunks, columns, next.first);
    std::vector<Piece> wanted;
    for (std::size_t i = next.first; i < next.last; ++i) {
      each_in_file(chunks[i], columns, [&](const Piece& piece) { wanted.push_back(piece); });
    }
    if (!wanted.empty()) {
      ahead.begin([&next, this, wanted = std::move(wanted)] { next.read = next.fetched.bring(*file_, wanted); });
    }
  };
  for (begin_next(); next.first < next.last;) {
    ahead.wait();
    std::swap(now, next);
    if (!now.read) {
      return now.read;
    }
    begin_next();
    for (std::size_t i = now.first; i < now.last; ++i) {
      if (const Result<void> well = lend(chunks[i], columns, now.fetched, pool, take); !well) {
        return well;
      }
    }
  }
  return {};
}

Result<void> Stash::lend(KeptChunk& kept, std::span<const std::size_t> columns, const Fetched& fetched, ThreadPool& pool,
                         const TakeChunk& take) const {
  Chunk lent{kept.first_row, kept.rows, std::vector<Column>(columns.size()), {}};
  const auto column_of = [&](KeptColumn& column) {
    return column.in_file ? unpacked(column, fetched.bytes_of(column.piece)) : std::move(column.held);
  };
  if (full_.load()) {
    pool.run(columns.size(), [&](std::size_t i) { lent.columns[i] = column_of(kept.columns[columns[i]]); });
  } else {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      lent.columns[i] = std::move(kept.columns[columns[i]].held);
    }
  }
  if (kept.matrix.parts.empty()) {
    lent.matrix = std::move(kept.matrix.held);
  } else {
    std::vector<KeptColumn>& parts = kept.matrix.parts;
    lent.matrix = joined(column_of(parts[0]), column_of(parts[1]), column_of(parts[2]));
    if (settle_matrix) {
      settle_matrix(lent.matrix);
    }
  }
  const Result<void> taken = take(lent);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    put_back(kept.columns[columns[i]], std::move(lent.columns[i]));
  }
  put_back(kept.matrix, std::move(lent.matrix));
  return taken;
}

}  // namespace fallline::kept
