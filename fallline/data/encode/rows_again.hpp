// SPDX-License-Identifier: Apache-2.0
// RowsAgain<T>: rows that are nowhere. Each reading of a group parses and encodes it once more, from where the data came from.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "fallline/base/mutex.hpp"
#include "fallline/data/encode/bind.hpp"
#include "fallline/data/encode/room.hpp"
#include "fallline/data/row_store.hpp"

namespace fallline::encoding {

template <class T>
class RowsAgain final : public RowStore<T> {
 public:
  /// source: that of `origin`, which is read from as long as this lasts. shape: a data set without rows, of the kind that is to come.
  static Result<std::shared_ptr<RowsAgain>> create(std::shared_ptr<Source> source, const Origin& origin, const Memory& memory,
                                                   const Dataset<T>& shape);

  Result<void> each_target(const VisitTargets<T>& visit) const override;

 private:
  using Stretch = typename RowStore<T>::Stretch;

  RowsAgain(std::shared_ptr<Source> source, const Origin& origin, const Memory& memory, const Dataset<T>& shape);
  Result<void> bind_again(const std::string& weight, const Memory& memory);
  /// That they were encoded once, without an error, is all that was wanted.
  Result<void> put_groups(const Dataset<T>& /*rows*/, std::size_t /*count*/, ThreadPool& /*pool*/) override { return {}; }
  Result<void> read_groups(std::span<const std::uint32_t> groups, std::span<const Stretch> to, Dataset<T>& into) const override;

  std::shared_ptr<Source> source_;
  Schema schema_;
  Encoder encoder_;
  std::optional<TargetCoding> target_;
  Binding binding_;          // to the members above
  Binding target_alone_;     // and weight
  mutable Mutex mutex_;      // a source is read by one at a time
  mutable ThreadPool pool_;  // of its own: rows are read beside the work on others
};

}  // namespace fallline::encoding
