// SPDX-License-Identifier: Apache-2.0
// Pass<T>: mean loss and gradient of a model over rows of a data set, whatever the model: linear ones by LinearPass, networks by
// NetworkPass. The same bits for any number of threads.
#pragma once

#include <cstdint>
#include <span>

#include "fallline/math/dual.hpp"
#include "fallline/math/rows.hpp"
#include "fallline/math/thread_pool.hpp"

namespace fallline {

/// What a pass is for. training: dropout and the statistics of the batch are on. step: counts passes of training, for random numbers.
struct Mode {
  bool training = false;
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
};

template <class T>
class Pass {
 public:
  virtual ~Pass() = default;

  /// From here on rows are read from these, of the same kind as those before.
  virtual void read(const Rows<real_of<T>>& rows) = 0;

  /// Mean loss over the rows order[0], order[1], ... at theta; gradient: as long as theta, to fill, or empty for the loss alone.
  virtual sum_of<T> operator()(std::span<const std::uint32_t> order, std::span<const T> theta, std::span<T> gradient, const Mode& mode,
                               ThreadPool& pool) = 0;
};

}  // namespace fallline
