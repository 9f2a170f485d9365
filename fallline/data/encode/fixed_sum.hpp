// SPDX-License-Identifier: Apache-2.0
// A sum over rows whose bytes depend on the rows only: not on the threads, nor on how a source cuts its chunks. Rows are added in blocks
// of 4,096 through eight lanes chosen by the row number; the sums of blocks are joined in pairs along a binary tree, so the error grows
// with the logarithm of the rows. Missing values (NaN) are left out.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fallline::encoding {

class alignas(128) FixedSum {  // sums of several columns stand side by side, each written by its own thread
 public:
  /// Adds term(x) for each value; the values of the first call are rows 0, 1, ..., each call goes on where the one before ended.
  template <class Term>
  void add(std::span<const double> values, const Term& term) {
    std::size_t i = 0;
    while (i < values.size()) {
      const std::size_t lane = row_ % lanes;
      if (lane == 0 && values.size() - i >= lanes) {
        const std::size_t stretch = std::min<std::size_t>((values.size() - i) / lanes * lanes, block - row_ % block);
        add_lanes(values.subspan(i, stretch), term);
        i += stretch;
        row_ += stretch;
      } else {
        const double x = values[i++];
        sums_[lane] += x == x ? term(x) : 0.0;
        ++row_;
      }
      if (row_ % block == 0) {
        end_block();
      }
    }
  }

  /// The sum of all; nothing is added after it.
  double total() {
    if (row_ % block != 0) {
      end_block();
    }
    double sum = 0;
    for (auto part = tree_.rbegin(); part != tree_.rend(); ++part) {
      sum = *part + sum;
    }
    return sum;
  }

 private:
  static constexpr std::size_t lanes = 8;
  static constexpr std::size_t block = 4096;

  /// The sums stand in registers meanwhile.
  template <class Term>
  void add_lanes(std::span<const double> values, const Term& term) {
    std::array<double, lanes> sums = sums_;
    for (std::size_t i = 0; i < values.size(); i += lanes) {
      for (std::size_t k = 0; k < lanes; ++k) {
        const double x = values[i + k];
        sums[k] += x == x ? term(x) : 0.0;
      }
    }
    sums_ = sums;
  }

  void end_block() {
    double sum = ((sums_[0] + sums_[1]) + (sums_[2] + sums_[3])) + ((sums_[4] + sums_[5]) + (sums_[6] + sums_[7]));
    sums_ = {};
    for (std::uint64_t done = blocks_; (done & 1U) != 0; done >>= 1U) {  // like the carry of a binary counter
      sum = tree_.back() + sum;
      tree_.pop_back();
    }
    tree_.push_back(sum);
    ++blocks_;
  }

  std::array<double, lanes> sums_{};
  std::uint64_t row_ = 0;
  std::uint64_t blocks_ = 0;
  std::vector<double> tree_;
};

}  // namespace fallline::encoding
