// SPDX-License-Identifier: Apache-2.0
// RowFile<T>: the encoded rows of a data set in a scratch file, for data that memory has no room for. They are written once, in their
// order, and read in groups of neighbours (Dataset::group_rows), into buffers of the reader: what is in memory is what a reader holds.
//
// A group lies in one piece: its targets, its weights if rows have some, then the features, packed column by column (kept/pack_rows.hpp).
// Sparse rows of as many entries each are packed by the place of an entry in its row; others as the starts of the rows within the group (32
// bits, one more than rows), the columns of all entries and their values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/scratch.hpp"
#include "fallline/base/split.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

template <class T>
class RowFile {
 public:
  /// shape: a data set without rows, of the kind that is to be written. bytes: about as many as the rows will take, which the disk must
  /// have.
  static Result<std::shared_ptr<RowFile>> create(const Memory& memory, const Dataset<T>& shape, bool weighted, std::uint64_t bytes);

  /// Takes rows off the front of `rows`, in whole groups, and puts them behind those that are there; `finish` takes all. What is left stays
  /// in `rows`, for the next to come behind it.
  Result<void> append(Dataset<T>& rows, ThreadPool& pool);
  Result<void> finish(Dataset<T>& rows, ThreadPool& pool);

  std::size_t rows() const { return rows_; }
  std::size_t groups() const { return places_.size(); }
  std::size_t rows_of(std::size_t group) const;
  /// Of all rows that are sparse.
  std::uint64_t entries() const { return entries_; }
  bool weighted() const { return weighted_ || !class_weights_.empty(); }
  /// Which columns of sparse rows have an entry, a bit each.
  std::span<const std::uint64_t> occurring() const { return occurs_; }
  /// Whether there is memory for a stretch of rows to be read while another one is in use.
  bool reads_ahead() const { return reads_ahead_; }

  /// The rows of these groups, one group after another, in the place of what `into` holds.
  Result<void> read(std::span<const std::uint32_t> groups, Dataset<T>& into) const;
  /// Targets and weights of a group alone, in the place of what `into` holds.
  Result<void> read_targets(std::size_t group, Dataset<T>& into) const;

  /// Rows that are read from here on weigh as much more as their class says, but for those held out.
  void weigh(std::vector<double> by_class, const Split& split);

 private:
  struct Place {
    std::uint64_t at = 0;
    std::uint64_t bytes = 0;  // of the packed features
    std::uint64_t entries = 0;
    bool uniform = false;  // every row has as many
  };

  /// Some rows of a data set, and where the first of their entries stands.
  struct Stretch {
    std::size_t first = 0;
    std::size_t rows = 0;
    std::size_t entry = 0;
  };

  RowFile(std::unique_ptr<ScratchFile> file, Dataset<T> shape, bool weighted, bool reads_ahead);
  Result<void> put_groups(const Dataset<T>& rows, std::size_t count, ThreadPool& pool);
  void pack(const Dataset<T>& rows, Stretch from, Place& place, std::vector<std::byte>& record) const;
  Result<void> read_group(std::size_t group, Stretch to, Dataset<T>& into) const;
  void take_targets(std::size_t group, std::span<const std::byte> bytes, std::size_t first, Dataset<T>& into) const;
  void unpack(const Place& place, std::span<const std::byte> packed, Stretch to, Dataset<T>& into) const;
  std::uint64_t row_bytes() const { return (shape_.targets + (weighted_ ? 1 : 0)) * sizeof(T); }  // before the features
  void settle_weights(std::size_t first_row, std::span<const T> target, std::span<T> weight) const;

  std::unique_ptr<ScratchFile> file_;
  Dataset<T> shape_;  // no rows, of their kind
  bool weighted_;
  bool reads_ahead_;
  std::size_t rows_ = 0;
  std::uint64_t entries_ = 0;
  std::vector<Place> places_;  // of groups
  std::vector<std::uint64_t> occurs_;
  std::vector<double> class_weights_;
  Split split_;
};

/// Calls visit(first row, targets of the rows, their weights) for all rows of the data, in memory or not, in their order.
template <class T>
using VisitTargets = std::function<void(std::size_t first, std::span<const T> targets, std::span<const T> weights)>;
template <class T>
Result<void> each_target(const Dataset<T>& data, const VisitTargets<T>& visit);

extern template class RowFile<float>;
extern template class RowFile<double>;

}  // namespace fallline
