// SPDX-License-Identifier: Apache-2.0
// RowFile<T>: rows in a scratch file.
//
// A group lies in one piece: its targets, its weights if rows have some, then the features, packed column by column (kept/pack_rows.hpp).
// Sparse rows of as many entries each are packed by the place of an entry in its row; others as the starts of the rows within the group (32
// bits, one more than rows), the columns of all entries and their values.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fallline/base/scratch.hpp"
#include "fallline/data/row_store.hpp"

namespace fallline {

template <class T>
class RowFile final : public RowStore<T> {
 public:
  /// shape: a data set without rows, of the kind that is to be written. bytes: about as many as the rows will take, which the disk must
  /// have.
  static Result<std::shared_ptr<RowFile>> create(const Memory& memory, const Dataset<T>& shape, bool weighted, std::uint64_t bytes);

  Result<void> each_target(const VisitTargets<T>& visit) const override;

 private:
  using Stretch = typename RowStore<T>::Stretch;

  struct Place {
    std::uint64_t at = 0;
    std::uint64_t bytes = 0;  // of the packed features
    bool uniform = false;     // every row has as many entries
  };

  RowFile(std::unique_ptr<ScratchFile> file, const Memory& memory, const Dataset<T>& shape, bool weighted);
  Result<void> put_groups(const Dataset<T>& rows, std::size_t count, ThreadPool& pool) override;
  Result<void> put_last() override { return file_->finish(); }
  Result<void> read_groups(std::span<const std::uint32_t> groups, std::span<const Stretch> to, Dataset<T>& into) const override;

  void pack(const Dataset<T>& rows, Stretch from, Place& place, std::vector<std::byte>& record) const;
  Result<void> read_group(std::size_t group, Stretch to, Dataset<T>& into) const;
  Result<void> read_targets(std::size_t group, Dataset<T>& into) const;
  void take_targets(std::size_t group, std::span<const std::byte> bytes, std::size_t first, Dataset<T>& into) const;
  void unpack(std::size_t group, std::span<const std::byte> packed, Stretch to, Dataset<T>& into) const;
  std::uint64_t row_bytes() const;  // before the features

  std::unique_ptr<ScratchFile> file_;
  std::vector<Place> places_;  // of groups
};

extern template class RowFile<float>;
extern template class RowFile<double>;

}  // namespace fallline
