// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/kept/stash.hpp"

#include <utility>

#include "fallline/base/expects.hpp"

namespace fallline::kept {

void Faults::add(const Error& error) {
  const Locked lock(mutex_);
  first_ = first_ ? first_ : error;
}

void Faults::add(const Result<void>& done) {
  if (!done) {
    add(done.error());
  }
}

Result<void> Faults::result() const { return first_ ? Result<void>(*first_) : Result<void>(); }

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

Stash::~Stash() {
  if (memory_ != nullptr) {
    memory_->give(taken_);
  }
}

bool Stash::stays(std::uint64_t bytes) {
  if (memory_ == nullptr) {
    return true;
  }
  if (full_.load() || !memory_->take(bytes)) {
    full_.store(true);  // once for all: what is to come gets no crumbs of memory that others need
    return false;
  }
  const Locked lock(mutex_);
  taken_ += bytes;
  return true;
}

Result<KeptColumn> Stash::to_file(Packed packed, bool is_text) {
  {
    const Locked lock(mutex_);
    if (!file_) {
      Result<std::unique_ptr<ScratchFile>> file = ScratchFile::create(memory_->folder());
      if (!file) {
        return file.error();
      }
      file_ = std::move(*file);
    }
  }
  const Result<std::uint64_t> at = file_->append(packed.bytes);
  if (!at) {
    return at.error();
  }
  const std::uint64_t bytes = packed.bytes.size();
  packed.bytes = std::vector<std::byte>();  // with its memory, which = {} would keep
  return KeptColumn{{}, std::move(packed), *at, bytes, true, is_text, nullptr};
}

Result<KeptColumn> Stash::keep(Column column) {
  if (stays(column.numbers.capacity() * sizeof(double) + column.codes.capacity() * sizeof(std::int32_t))) {
    return KeptColumn{std::move(column), {}, 0, 0, false, false, nullptr};
  }
  const bool is_text = !column.codes.empty();
  return to_file(is_text ? pack_codes(column.codes) : pack_numbers(column.numbers), is_text);
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
    Result<KeptColumn> part = to_file(std::move(packed), kept.parts.size() < 2);
    if (!part) {
      return part.error();
    }
    kept.parts.push_back(std::move(*part));
  }
  return kept;
}

Result<Column> Stash::borrow(KeptColumn& kept) const {
  if (!kept.in_file) {
    return std::move(kept.held);
  }
  Packed packed = kept.packed;
  packed.bytes.resize(static_cast<std::size_t>(kept.bytes));
  if (const Result<void> well = file_->read(kept.at, packed.bytes); !well) {
    return well.error();
  }
  Column column;
  if (kept.is_text) {
    column.codes = unpack_codes(packed);
  } else {
    column.numbers = unpack_numbers(packed);
  }
  return recoded(std::move(column), kept.recoding);
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
  SparseRows matrix{{0}, {parts[1].codes.begin(), parts[1].codes.end()}, {parts[2].numbers.begin(), parts[2].numbers.end()}};
  for (const std::int32_t count : parts[0].codes) {
    matrix.starts.push_back(matrix.starts.back() + static_cast<std::uint64_t>(count));
  }
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

Result<void> Stash::lend(std::vector<KeptChunk>& chunks, std::span<const std::size_t> columns, ThreadPool& pool,
                         const TakeChunk& take) const {
  for (KeptChunk& kept : chunks) {
    Chunk lent{kept.first_row, kept.rows, std::vector<Column>(columns.size()), {}};
    Faults faults;
    const auto fetch = [&](auto& from, auto& into) {
      auto fetched = borrow(from);
      if (fetched) {
        into = std::move(*fetched);
      } else {
        faults.add(fetched.error());
      }
    };
    const bool far = full_.load();
    pool.run(far ? columns.size() : 0, [&](std::size_t i) { fetch(kept.columns[columns[i]], lent.columns[i]); });
    for (std::size_t i = 0; !far && i < columns.size(); ++i) {
      fetch(kept.columns[columns[i]], lent.columns[i]);
    }
    fetch(kept.matrix, lent.matrix);
    const Result<void> read = faults.result();
    const Result<void> taken = read ? take(lent) : read;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      put_back(kept.columns[columns[i]], std::move(lent.columns[i]));
    }
    put_back(kept.matrix, std::move(lent.matrix));
    if (!taken) {
      return taken.error();
    }
  }
  return {};
}

}  // namespace fallline::kept
