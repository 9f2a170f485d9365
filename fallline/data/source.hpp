// SPDX-License-Identifier: Apache-2.0
// Source: anything that yields chunks of named columns, and can be read again. New formats implement this and join the list in open.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/data/table.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

/// Gets each chunk in row order; an error ends the reading and is passed on. Arrays that it takes out of a chunk may be gone from the
/// source, which is not to be read again then.
using TakeChunk = std::function<Result<void>(Chunk&)>;

/// Rows [first, last).
struct RowRange {
  std::uint64_t first = 0;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
};

/// Whether some of the rows lie in one of the ranges, which are ascending and apart.
bool overlap(std::span<const RowRange> ranges, const RowRange& rows);

class Source {
 public:
  virtual ~Source() = default;

  /// Reads everything once: types on whole columns, levels, number of rows. Called before read(); what fits in memory is kept, so that
  /// the first read() parses nothing again.
  virtual Result<Schema> scan(ThreadPool& pool, StopToken stop) = 0;

  /// The chunks of the columns (indices into the scanned schema), in row order.
  Result<void> read(std::span<const std::size_t> columns, ThreadPool& pool, const TakeChunk& take) {
    const RowRange all;
    return read_rows(columns, {&all, 1}, pool, take);
  }

  /// Of the chunks those that hold some of the rows, in ascending ranges that lie apart. Others may come too.
  virtual Result<void> read_rows(std::span<const std::size_t> columns, std::span<const RowRange> rows, ThreadPool& pool,
                                 const TakeChunk& take) = 0;

  /// What can be made again from where it came from need not stay in memory from here on.
  virtual void forget() {}

  /// What a person should know of how the data was understood, e.g. "the first line is taken as column names".
  virtual const std::vector<std::string>& notes() const = 0;
};

}  // namespace fallline
