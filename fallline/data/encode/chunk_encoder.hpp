// SPDX-License-Identifier: Apache-2.0
// The rows of a chunk as features, target and weight.
#pragma once

#include <cstddef>

#include "fallline/base/result.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/encode/bind.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline::encoding {

template <class T>
class ChunkEncoder {
 public:
  /// All of them outlive this.
  ChunkEncoder(const Schema& schema, const Binding& binding, ThreadPool& pool) : schema_(schema), binding_(binding), pool_(pool) {}

  /// As row `first` of `to` and those that follow it, for which there is room. Sparse rows begin with entry `to.starts[first]`, and get
  /// room for their entries where there is none.
  Result<void> encode(const Chunk& chunk, std::size_t first, Dataset<T>& to) const;

  /// Whether the chunk's matrix is all that there is of sparse rows, so that its columns can be theirs.
  bool is_all(const Chunk& chunk, const Dataset<T>& to) const;
  /// As `encode`, for such a chunk, whose columns are gone after it.
  Result<void> take_over(Chunk& chunk, Dataset<T>& to) const;

 private:
  Result<void> encode_renumbered(const Chunk& chunk, std::size_t first, Dataset<T>& to) const;
  bool encode_dense(const Chunk& chunk, std::size_t at, Dataset<T>& to) const;
  bool encode_sparse(const Chunk& chunk, std::size_t at, Dataset<T>& to) const;
  Result<void> encode_beside(const Chunk& chunk, std::size_t first, Dataset<T>& to) const;
  Error not_finite(const Chunk& chunk) const;

  const Schema& schema_;
  const Binding& binding_;
  ThreadPool& pool_;
};

}  // namespace fallline::encoding
