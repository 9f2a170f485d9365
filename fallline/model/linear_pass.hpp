// SPDX-License-Identifier: Apache-2.0
// One pass of a linear-family model over a set of rows: mean loss and gradient, in one go over the data. The rows are cut into a fixed
// number of shards (a power of two that depends on the batch alone); each shard is summed by itself and the sums are added along a fixed
// binary tree, so the result is the same for any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fallline/math/rows.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/model/loss.hpp"
#include "fallline/model/pass.hpp"

namespace fallline {

/// Shards of a batch of this many rows. row_values: stored values of a row where rows are sparse (their mean over the data set), 0: dense.
std::size_t shards_of(std::size_t rows, std::size_t features, double row_values);

/// theta: [outputs, features] weights, then [outputs] intercepts where `intercept`.
template <class T>
class LinearPass final : public Pass<T> {
 public:
  /// The views must outlive the pass. Mean weight over `rows` scales every batch: sum(w l) / (batch rows x mean weight).
  LinearPass(const Rows<T>& rows, const Loss& loss, OutputActivation activation, std::size_t outputs, bool intercept);
  /// rows: some of those that `whole` tells of, or none yet.
  LinearPass(const Rows<T>& rows, const Whole& whole, const Loss& loss, OutputActivation activation, std::size_t outputs, bool intercept);
  ~LinearPass() override;
  LinearPass(const LinearPass&) = delete;
  LinearPass& operator=(const LinearPass&) = delete;

  std::size_t parameters() const { return outputs_ * rows_.features + (intercept_ ? outputs_ : 0); }
  const Rows<T>& rows() const { return rows_; }

  void read(const Rows<T>& rows) override { rows_ = rows; }

  double operator()(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> gradient, const Mode& mode,
                    ThreadPool& pool) override;

 private:
  struct Scratch;
  /// helpers: threads that this shard may use for itself, being the only one; null: none.
  double shard(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_gradient, ThreadPool* helpers,
               Scratch& scratch) const;
  double block(std::span<const std::uint32_t> order, std::span<const T> theta, bool with_gradient, ThreadPool* helpers,
               Scratch& scratch) const;
  void scores_of(std::span<const std::uint32_t> order, std::span<const T> theta, ThreadPool* helpers, Scratch& scratch) const;
  void sparse_scores(std::span<const std::uint32_t> order, std::size_t from, std::size_t to, std::span<const T> theta,
                     Scratch& scratch) const;
  void add_gradient(std::span<const std::uint32_t> order, ThreadPool* helpers, Scratch& scratch) const;
  void add_sparse_rows(std::span<const std::uint32_t> order, std::size_t output, ThreadPool* helpers, Scratch& scratch) const;
  std::size_t cut_at(std::span<const std::uint32_t> order, std::size_t part, std::size_t parts) const;

  Rows<T> rows_;
  const Loss& loss_;
  OutputActivation activation_;
  std::size_t outputs_;
  bool intercept_;
  double mean_weight_ = 1;
  double row_values_ = 0;         // sparse: mean of stored values a row
  bool at_zero_ = false;          // all weights are 0
  std::vector<Scratch> scratch_;  // one a shard, kept between passes
};

}  // namespace fallline
