// SPDX-License-Identifier: Apache-2.0
// TrainingRows: a source without the rows that are held out, so that what is fitted on it has never seen them.
#pragma once

#include "fallline/base/split.hpp"
#include "fallline/data/source.hpp"

namespace fallline::encoding {

class TrainingRows final : public Source {
 public:
  /// The source must outlive this and be scanned.
  TrainingRows(Source& source, const Split& split) : source_(source), split_(split) {}

  Result<Schema> scan(ThreadPool& pool, StopToken stop) override { return source_.scan(pool, stop); }
  /// All of them: the numbers of these rows are not those of the source's.
  Result<void> read_rows(std::span<const std::size_t> columns, std::span<const RowRange> rows, ThreadPool& pool,
                         const TakeChunk& take) override;
  const std::vector<std::string>& notes() const override { return source_.notes(); }

  /// Whether none is held out.
  bool holds_all() const { return split_.share == 0; }

 private:
  Source& source_;
  Split split_;
};

}  // namespace fallline::encoding
