// SPDX-License-Identifier: Apache-2.0
// Source: anything that yields chunks of named columns, and can be read again. New formats implement this and join the list in open.hpp.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/data/table.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

/// Gets each chunk in row order; an error ends the reading and is passed on.
using TakeChunk = std::function<Result<void>(const Chunk&)>;

class Source {
 public:
  virtual ~Source() = default;

  /// Reads everything once: types on whole columns, levels, number of rows. Called before read(); what fits in memory is kept, so that
  /// the first read() parses nothing again.
  virtual Result<Schema> scan(ThreadPool& pool, StopToken stop) = 0;

  /// The chunks of the columns (indices into the scanned schema), in row order.
  virtual Result<void> read(std::span<const std::size_t> columns, ThreadPool& pool, const TakeChunk& take) = 0;

  /// What a person should know of how the data was understood, e.g. "the first line is taken as column names".
  virtual const std::vector<std::string>& notes() const = 0;
};

}  // namespace fallline
