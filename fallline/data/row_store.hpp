// SPDX-License-Identifier: Apache-2.0
// RowStore<T>: the encoded rows of a data set that memory has no room for. They come once, in their order, and are read in groups of
// neighbours (Dataset::group_rows), into buffers of the reader: what is in memory is what a reader holds. Where they are meanwhile is a
// matter of the two kinds: in a file (row_file.hpp), or nowhere, so that they are encoded again for each reading (encode/rows_again.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/split.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

/// Gets the targets of some rows and their weights (none: each weighs 1); first: the number of the first row.
template <class T>
using VisitTargets = std::function<void(std::size_t first, std::span<const T> targets, std::span<const T> weights)>;

template <class T>
class RowStore {
 public:
  virtual ~RowStore() = default;
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  /// Takes rows off the front of `rows`, in whole groups, and puts them behind those that are there; `finish` takes all. What is left stays
  /// in `rows`, for the next to come behind it.
  Result<void> append(Dataset<T>& rows, ThreadPool& pool);
  Result<void> finish(Dataset<T>& rows, ThreadPool& pool);

  std::size_t rows() const { return rows_; }
  std::size_t groups() const { return entries_of_.size(); }
  std::size_t rows_of(std::size_t group) const;
  /// Of all rows that are sparse.
  std::uint64_t entries() const { return entries_; }
  bool weighted() const { return weighted_ || !class_weights_.empty(); }
  /// Which columns of sparse rows have an entry, a bit each.
  std::span<const std::uint64_t> occurring() const { return occurs_; }
  /// Whether there is memory for a stretch of rows to be read while another one is in use.
  bool reads_ahead() const { return reads_ahead_; }

  /// The rows of these groups, one group after another, in the place of what `into` holds. By one thread at a time, or by several.
  Result<void> read(std::span<const std::uint32_t> groups, Dataset<T>& into) const;
  /// Of all rows, in their order.
  virtual Result<void> each_target(const VisitTargets<T>& visit) const = 0;

  /// Rows that are read from here on weigh as much more as their class says, but for those held out.
  void weigh(std::vector<double> by_class, const Split& split);

 protected:
  /// A group in a data set: where its first row stands, and the first of its entries.
  struct Stretch {
    std::size_t first = 0;
    std::size_t rows = 0;
    std::size_t entry = 0;
  };

  /// shape: a data set without rows, of the kind that is to come.
  RowStore(const Memory& memory, const Dataset<T>& shape, bool weighted);

  const Dataset<T>& shape() const { return shape_; }
  /// Whether rows come with weights of their own.
  bool comes_weighted() const { return weighted_; }
  std::uint64_t entries_of(std::size_t group) const { return entries_of_[group]; }
  /// Weights that came with the rows, or ones, to those that are read.
  void settle_weights(std::size_t first_row, std::span<const T> target, std::span<T> weight) const;

 private:
  /// The first `count` rows: groups of which only the last of all may be short.
  virtual Result<void> put_groups(const Dataset<T>& rows, std::size_t count, ThreadPool& pool) = 0;
  virtual Result<void> put_last() { return {}; }
  /// To where `into` has room for them.
  virtual Result<void> read_groups(std::span<const std::uint32_t> groups, std::span<const Stretch> to, Dataset<T>& into) const = 0;

  Result<void> take(const Dataset<T>& rows, std::size_t count, ThreadPool& pool);

  Dataset<T> shape_;  // no rows, of their kind
  bool weighted_;
  bool reads_ahead_;
  std::size_t rows_ = 0;
  std::uint64_t entries_ = 0;
  std::vector<std::uint64_t> entries_of_;  // groups
  std::vector<std::uint64_t> occurs_;
  std::vector<double> class_weights_;
  Split split_;
};

/// Calls visit for all rows of the data, in memory or not, in their order.
template <class T>
Result<void> each_target(const Dataset<T>& data, const VisitTargets<T>& visit);

extern template class RowStore<float>;
extern template class RowStore<double>;

}  // namespace fallline
