// SPDX-License-Identifier: Apache-2.0
// The stream of --online as encoded rows: an encoder fitted on the first rows, or that of a model or checkpoint.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/online/row_stream.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline::cli {

/// Gets rows as they come; false: enough.
template <class T>
using TakeRows = std::function<Result<bool>(const Dataset<T>&)>;

class OnlineInput {
 public:
  OnlineInput(const TrainRequest& request, ThreadPool& pool, StopToken stop) : request_(request), pool_(pool), stop_(stop) {}

  Result<void> open();

  /// Waits for the first rows and fits the encoder on them; they are the first that `each` hands on. Where it is asked to stop, those that
  /// have come are the first rows.
  Result<void> fit();
  /// As above, with an encoder that there is.
  Result<void> use(FittedEncoder fitted, std::string weight);
  /// use() and still hold the first rows.
  Result<void> hold();

  /// How many rows are held.
  std::size_t held() const { return held_.records; }
  const FittedEncoder& fitted() const { return fitted_; }
  const std::string& weight() const { return weight_; }
  const std::vector<std::string>& notes() const { return notes_; }
  /// Whether entries with a number above the width came.
  bool left_out() const { return left_out_; }

  /// The rows that are held.
  template <class T>
  Result<Dataset<T>> first();

  /// Hands on rows as they come, those held first, until `take` has enough (false), the stream ends or it was asked to stop. Where a row is
  /// bad, the rows before it are handed on, and the error names its line.
  template <class T>
  Result<void> each(const TakeRows<T>& take);

 private:
  Result<void> no_rows() const;
  template <class T>
  Result<Dataset<T>> rows_of(const StreamPiece& piece);
  template <class T>
  Result<bool> one_by_one(const StreamPiece& piece, const Error& fault, const TakeRows<T>& take);
  Result<void> settle_weight(const Schema& schema);
  std::size_t width(std::size_t seen) const;

  const TrainRequest& request_;
  ThreadPool& pool_;
  StopToken stop_;
  std::optional<RowStream> stream_;
  StreamPiece held_;
  FittedEncoder fitted_;
  std::string weight_;
  std::vector<std::string> notes_;
  bool left_out_ = false;
};

}  // namespace fallline::cli
