// SPDX-License-Identifier: Apache-2.0
// Sums and means whose error does not grow with the number of terms, and quantiles.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace fallline {

/// Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation".
class Sum {
 public:
  void add(double x) {
    const double total = sum_ + x;
    if (std::isfinite(total)) {
      lost_ += std::abs(sum_) >= std::abs(x) ? (sum_ - total) + x : (x - total) + sum_;
    }
    sum_ = total;
  }
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

/// Mean by weight; NaN where nothing weighs.
class Mean {
 public:
  void add(double x, double weight) {
    if (weight > 0) {
      sum_.add(weight * x);
      weight_.add(weight);
    }
  }
  double value() const { return weight_.value() > 0 ? sum_.value() / weight_.value() : std::numeric_limits<double>::quiet_NaN(); }
  double weight() const { return weight_.value(); }

 private:
  Sum sum_;
  Sum weight_;
};

/// A quantile of so many sorted numbers: between which two it lies, and how far from the lower one (Hyndman & Fan 1996, definition 7).
struct QuantilePlace {
  std::size_t below = 0;
  std::size_t above = 0;
  double part = 0;
};
inline QuantilePlace quantile_place(std::size_t count, double share) {
  const double place = share * static_cast<double>(count - 1);
  const auto below = static_cast<std::size_t>(place);
  return {below, std::min(below + 1, count - 1), place - static_cast<double>(below)};
}
inline double between(double below, double above, double part) { return part == 0 ? below : below + part * (above - below); }

/// NaN where there is none.
inline double quantile_of(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const QuantilePlace place = quantile_place(sorted.size(), share);
  return between(sorted[place.below], sorted[place.above], place.part);
}

}  // namespace fallline
