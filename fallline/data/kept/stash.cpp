// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/stash.hpp"

#include <algorithm>
#include <utility>

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

}  // namespace

Column unpacked(const KeptColumn& kept, std::span<const std::byte> bytes) {
  Column column;
  if (kept.is_text) {
    column.codes = unpack_codes(kept.packed, bytes);
  } else {
    column.numbers = unpack_numbers(kept.packed, bytes);
  }
  return recoded(std::move(column), kept.recoding);
}

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
  if (makes_again()) {
    return {.where = Where::nowhere};
  }
  const bool is_text = !column.codes.empty();
  return {.packed = is_text ? pack_codes(column.codes) : pack_numbers(column.numbers), .where = Where::file, .is_text = is_text};
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
  const Result<void> well = kept.where == Where::file ? to_file(kept) : Result<void>();
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
      const Result<void> well = part[i].where == Where::file ? to_file(part[i]) : Result<void>();
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
  if (makes_again()) {
    return KeptMatrix{.held = {}, .parts = {}, .nowhere = true};
  }
  std::vector<std::int32_t> counts(matrix.starts.empty() ? 0 : matrix.starts.size() - 1);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = static_cast<std::int32_t>(matrix.starts[i + 1] - matrix.starts[i]);
  }
  const std::vector<std::int32_t> columns(matrix.columns.begin(), matrix.columns.end());
  KeptMatrix kept;
  for (Packed packed : {pack_codes(counts), pack_codes(columns), pack_numbers(matrix.values)}) {
    KeptColumn& part =
        kept.parts.emplace_back(KeptColumn{.packed = std::move(packed), .where = Where::file, .is_text = kept.parts.size() < 2});
    if (const Result<void> well = to_file(part); !well) {
      return well.error();
    }
  }
  return kept;
}

Result<Column> Stash::borrow(KeptColumn& kept) const {
  expects(kept.where != Where::nowhere, "what is borrowed was kept");
  if (kept.where == Where::memory) {
    return std::move(kept.held);
  }
  AlignedBytes room;
  const auto bytes = file_->read(kept.piece.at, static_cast<std::size_t>(kept.piece.bytes), room);
  return bytes ? Result<Column>(unpacked(kept, *bytes)) : bytes.error();
}

void Stash::put_back(KeptColumn& kept, Column column) {
  if (kept.where == Where::memory) {
    kept.held = std::move(column);
  }
}

Result<void> Stash::replace(KeptColumn& kept, Column column) {
  if (kept.where == Where::memory && !full_.load()) {
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
  if (kept.where == Where::file) {
    expects(!kept.recoding, "a column is recoded once");
    kept.recoding = recoding;
  } else if (kept.where == Where::memory) {
    kept.held = recoded(std::move(kept.held), recoding);
  }
}

void Stash::forget(std::vector<KeptChunk>& chunks) {
  if (!makes_again()) {
    return;
  }
  for (KeptChunk& chunk : chunks) {
    for (KeptColumn& column : chunk.columns) {
      column = {.where = Where::nowhere};
    }
    chunk.matrix = {.held = {}, .parts = {}, .nowhere = true};
  }
  full_.store(true);
  share_.give_back();
}

}  // namespace fallline::kept
