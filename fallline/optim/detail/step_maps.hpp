// SPDX-License-Identifier: Apache-2.0
// StepMaps: what a run of steps does to a few numbers where each step is affine, x <- M x + c, so that the steps from a to b are taken at
// the cost of log(b - a) small products. Blocks of 4, 8, 16, ... steps are composed as they fill, like the digits of a counter; nothing is
// divided, so a decay to nothing does no harm.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fallline::detail {

inline constexpr std::size_t most_mapped = 4;  // theta, its average, two slots

/// Row-major, of the first `size` numbers.
struct StepMap {
  std::array<double, most_mapped * most_mapped> matrix = {};
  std::array<double, most_mapped> offset = {};

  static StepMap identity() {
    StepMap map;
    for (std::size_t i = 0; i < most_mapped; ++i) {
      map.matrix[i * most_mapped + i] = 1;
    }
    return map;
  }
};

/// later(earlier(x)).
inline StepMap compose(const StepMap& later, const StepMap& earlier, std::size_t size) {
  StepMap both;
  for (std::size_t i = 0; i < size; ++i) {
    both.offset[i] = later.offset[i];
    for (std::size_t k = 0; k < size; ++k) {
      const double weight = later.matrix[i * most_mapped + k];
      both.offset[i] += weight * earlier.offset[k];
      for (std::size_t j = 0; j < size; ++j) {
        both.matrix[i * most_mapped + j] += weight * earlier.matrix[k * most_mapped + j];
      }
    }
  }
  return both;
}

class StepMaps {
 public:
  static constexpr std::int64_t leaf = 4;

  /// Begins anew, for maps of so many numbers.
  void start(std::size_t size) {
    size_ = size;
    count_ = 0;
    open_ = StepMap::identity();
    levels_.clear();
  }

  std::size_t size() const { return size_; }

  /// The map of the next step.
  void append(const StepMap& step) {
    open_ = compose(step, open_, size_);
    if (++count_ % leaf != 0) {
      return;
    }
    StepMap block = open_;
    open_ = StepMap::identity();
    for (std::size_t level = 0;; ++level) {
      if (level == levels_.size()) {
        levels_.emplace_back();
      }
      put(level, block);
      const std::size_t blocks = levels_[level].size() / stride();
      if (blocks % 2 != 0) {
        return;
      }
      block = compose(block, get(level, blocks - 2), size_);
    }
  }

  /// The longest block at hand of the steps from `from` on (counted from 0) that ends at `to` at the latest and has `most` steps at most;
  /// 0 where there is none.
  std::int64_t longest(std::int64_t from, std::int64_t to, std::int64_t most) const {
    std::int64_t steps = leaf;
    if (from % leaf != 0 || from + leaf > to || leaf > most) {
      return 0;
    }
    while (from % (2 * steps) == 0 && from + 2 * steps <= to && 2 * steps <= most) {
      steps *= 2;
    }
    return steps;
  }

  /// That block on x; `scale` times its offset.
  void apply(std::int64_t from, std::int64_t steps, double scale, std::span<double> x) const {
    std::size_t level = 0;
    while ((leaf << level) < steps) {
      ++level;
    }
    const double* block = levels_[level].data() + static_cast<std::size_t>(from / steps) * stride();
    std::array<double, most_mapped> next = {};
    for (std::size_t i = 0; i < size_; ++i) {
      next[i] = scale * block[size_ * size_ + i];
      for (std::size_t j = 0; j < size_; ++j) {
        next[i] += block[i * size_ + j] * x[j];
      }
    }
    for (std::size_t i = 0; i < size_; ++i) {
      x[i] = next[i];
    }
  }

 private:
  std::size_t stride() const { return size_ * size_ + size_; }

  void put(std::size_t level, const StepMap& map) {
    for (std::size_t i = 0; i < size_; ++i) {
      levels_[level].insert(levels_[level].end(), map.matrix.begin() + static_cast<std::ptrdiff_t>(i * most_mapped),
                            map.matrix.begin() + static_cast<std::ptrdiff_t>(i * most_mapped + size_));
    }
    levels_[level].insert(levels_[level].end(), map.offset.begin(), map.offset.begin() + static_cast<std::ptrdiff_t>(size_));
  }

  StepMap get(std::size_t level, std::size_t index) const {
    const double* from = levels_[level].data() + index * stride();
    StepMap map;
    for (std::size_t i = 0; i < size_; ++i) {
      map.offset[i] = from[size_ * size_ + i];
      for (std::size_t j = 0; j < size_; ++j) {
        map.matrix[i * most_mapped + j] = from[i * size_ + j];
      }
    }
    return map;
  }

  std::size_t size_ = 0;
  std::int64_t count_ = 0;
  StepMap open_ = StepMap::identity();
  std::vector<std::vector<double>> levels_;
};

}  // namespace fallline::detail
