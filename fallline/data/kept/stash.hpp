// SPDX-License-Identifier: Apache-2.0
// Stash: the chunks that a source keeps between its scan and its reads. As long as the memory of the run has room they stay as they are;
// after that each column is packed and put into a scratch file, from which a read gets back the columns that are asked for.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/mutex.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/scratch.hpp"
#include "fallline/data/kept/pack.hpp"
#include "fallline/data/source.hpp"

namespace fallline::kept {

/// New code of each old one; -1 stays.
using Recoding = std::shared_ptr<const std::vector<std::int32_t>>;

/// One column of one chunk, wherever it is. packed: its form and count, without the bytes, where these stand in the file.
struct KeptColumn {
  Column held;
  Packed packed;
  std::uint64_t at = 0;
  std::uint64_t bytes = 0;
  bool in_file = false;
  bool is_text = false;
  Recoding recoding;  // to be done when it is read from the file
};

/// matrix: the entries of each row as counts, columns and values.
struct KeptMatrix {
  SparseRows held;
  std::vector<KeptColumn> parts;
};

struct KeptChunk {
  std::uint64_t first_row = 0;
  std::size_t rows = 0;
  std::vector<KeptColumn> columns;
  KeptMatrix matrix;
};

/// The first fault of tasks that run at once.
class Faults {
 public:
  void add(const Error& error);
  void add(const Result<void>& done);
  Result<void> result() const;

 private:
  Mutex mutex_;
  std::optional<Error> first_;
};

class Stash {
 public:
  /// Without a memory everything stays where it is.
  explicit Stash(Memory* memory) : memory_(memory) {}
  ~Stash();
  Stash(const Stash&) = delete;
  Stash& operator=(const Stash&) = delete;

  Memory* memory() const { return memory_; }

  /// These may be called by several threads at once, on different columns.
  Result<KeptColumn> keep(Column column);
  Result<KeptMatrix> keep(SparseRows matrix);
  /// Moved out, to be put back, or read from the file.
  Result<Column> borrow(KeptColumn& kept) const;
  Result<SparseRows> borrow(KeptMatrix& kept) const;
  static void put_back(KeptColumn& kept, Column column);
  static void put_back(KeptMatrix& kept, SparseRows matrix);
  /// Another column in the place of one.
  Result<void> replace(KeptColumn& kept, Column column);
  /// Every code of a text column to recoding[code].
  static void recode(KeptColumn& kept, const Recoding& recoding);

  /// What is done with a matrix that comes from the file.
  std::function<void(SparseRows&)> settle_matrix;

  /// Calls take with each chunk in its order, with the asked columns. `take` may not read the same source itself.
  Result<void> lend(std::vector<KeptChunk>& chunks, std::span<const std::size_t> columns, ThreadPool& pool, const TakeChunk& take) const;

 private:
  Result<KeptColumn> to_file(Packed packed, bool is_text);
  bool stays(std::uint64_t bytes);

  Memory* memory_;
  std::uint64_t taken_ = 0;
  mutable Mutex mutex_;
  std::unique_ptr<ScratchFile> file_;
  std::atomic<bool> full_ = false;
};

}  // namespace fallline::kept
