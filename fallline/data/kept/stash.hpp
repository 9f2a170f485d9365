// SPDX-License-Identifier: Apache-2.0
// Stash: the chunks that a source keeps between its scan and its reads. As long as the memory of the run has room they stay as they are;
// after that each column is packed and put into a scratch file, from which a read gets back the columns that are asked for. Without a cache
// a source that can make a chunk again where it came from does so for each read.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/mutex.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/scratch.hpp"
#include "fallline/data/kept/faults.hpp"
#include "fallline/data/kept/fetch.hpp"
#include "fallline/data/kept/pack.hpp"
#include "fallline/data/source.hpp"

namespace fallline::kept {

/// New code of each old one; -1 stays.
using Recoding = std::shared_ptr<const std::vector<std::int32_t>>;

enum class Where : std::uint8_t { memory, file, nowhere };

/// One column of one chunk. packed: its form and count, without the bytes, where these stand in the file.
struct KeptColumn {
  Column held = {};
  Packed packed = {};
  Piece piece = {};
  Where where = Where::memory;
  bool is_text = false;
  Recoding recoding = {};  // to be done when it is read from the file
};

/// matrix: the entries of each row as counts, columns and values.
struct KeptMatrix {
  SparseRows held;
  std::vector<KeptColumn> parts;
  bool nowhere = false;
};

struct KeptChunk {
  std::uint64_t first_row = 0;
  std::size_t rows = 0;
  std::vector<KeptColumn> columns;
  KeptMatrix matrix;
  std::uint64_t again_bytes = 0;  // about as many as it takes to make it again
};

/// Makes the columns of a chunk that are asked for, in this order, and its matrix. Several threads call it at once.
using MakeAgain = std::function<Result<Chunk>(std::size_t chunk, std::span<const std::size_t> columns)>;

class Stash {
 public:
  /// Without a memory everything stays where it is.
  explicit Stash(Memory* memory) : share_(memory) {}
  Stash(const Stash&) = delete;
  Stash& operator=(const Stash&) = delete;

  Memory* memory() const { return share_.memory(); }
  /// Whether what does not fit is made again for each read.
  bool makes_again() const { return make_again && memory() != nullptr && !memory()->cache(); }

  /// These may be called by several threads at once, on different columns.
  Result<KeptColumn> keep(Column column);
  Result<KeptMatrix> keep(SparseRows matrix);
  /// Several parts of a table, [part][column], which stand in the file column by column: reads of few columns read little else. One call
  /// at a time.
  Result<std::vector<std::vector<KeptColumn>>> keep(std::vector<std::vector<Column>> parts, ThreadPool& pool);
  /// Moved out, to be put back, or read from the file. It is somewhere.
  Result<Column> borrow(KeptColumn& kept) const;
  static void put_back(KeptColumn& kept, Column column);
  /// Another column in the place of one.
  Result<void> replace(KeptColumn& kept, Column column);
  /// Every code of a text column to recoding[code].
  static void recode(KeptColumn& kept, const Recoding& recoding);

  /// Where chunks are made again, what stayed in memory goes.
  void forget(std::vector<KeptChunk>& chunks);

  /// What is done with a matrix that comes from the file.
  std::function<void(SparseRows&)> settle_matrix;
  /// Of a source that can, set before anything is kept.
  MakeAgain make_again;

  /// Calls take with each chunk that has some of the rows, in its order, with the asked columns. `take` may not read the same source
  /// itself.
  Result<void> lend(std::vector<KeptChunk>& chunks, std::span<const std::size_t> columns, std::span<const RowRange> rows, ThreadPool& pool,
                    const TakeChunk& take) const;

 private:
  KeptColumn held_or_packed(Column column);
  Result<void> to_file(KeptColumn& kept);
  bool stays(std::uint64_t bytes);
  std::size_t end_of_stretch(const std::vector<KeptChunk>& chunks, std::span<const std::size_t> wanted,
                             std::span<const std::size_t> columns, std::size_t first) const;
  Result<std::vector<Chunk>> made_again(const std::vector<KeptChunk>& chunks, std::span<const std::size_t> wanted,
                                        std::span<const std::size_t> columns, ThreadPool& pool) const;
  Result<void> lend(KeptChunk& kept, std::span<const std::size_t> columns, const Fetched& fetched, Chunk made, ThreadPool& pool,
                    const TakeChunk& take) const;

  MemoryShare share_;
  mutable Mutex mutex_;
  std::unique_ptr<ScratchFile> file_;
  std::atomic<bool> full_ = false;
};

}  // namespace fallline::kept
