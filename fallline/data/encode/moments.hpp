// SPDX-License-Identifier: Apache-2.0
// What is told of a column of numbers from one pass over it. Squares are taken around the first value, so that a large offset does not
// spoil the spread; a first value that lies too far from the mean spoils it instead, and is told.
#pragma once

#include <optional>
#include <span>

#include "fallline/data/encode/fixed_sum.hpp"
#include "fallline/data/table.hpp"

namespace fallline::encoding {

class Moments {
 public:
  /// The values of the rows that come next, NaN where one is missing.
  void add(std::span<const double> numbers);

  /// Of all that were added, once. The spread is to be worked out around the mean, by another pass, where `spread_is_near` is false.
  NumberFacts facts();
  bool spread_is_near() const { return near_; }

 private:
  void extend_range(std::span<const double> numbers);

  NumberFacts facts_;
  std::optional<double> origin_;  // the first value
  FixedSum sum_;
  FixedSum squares_;
  bool near_ = true;
};

}  // namespace fallline::encoding
