// SPDX-License-Identifier: Apache-2.0
// A line search for f along a descent direction: phi(a) = f(theta + a d). It ends at a length that fulfils the strong Wolfe conditions
//   phi(a) <= phi(0) + c1 a phi'(0)   and   |phi'(a)| <= c2 |phi'(0)|,
// or, where the change of f is lost in rounding, the approximate ones of Hager & Zhang 2005, eq. 4.1, which read slopes alone:
//   phi(a) <= phi(0) + rounding   and   (2 c1 - 1) phi'(0) >= phi'(a) >= c2 phi'(0).
// The bracket [low, high] has phi'(low) < 0, phi(low) not above phi(0), and high past a minimum (slope up, too high, or not finite). New
// lengths come from the cubic through both ends (Nocedal & Wright 2006, eq. 3.59), or from the slopes where the values say nothing.
#pragma once

#include <cstdint>
#include <functional>

namespace fallline {

/// phi and its slope at `length`.
struct LinePoint {
  double length = 0;
  double value = 0;
  double slope = 0;
};

struct LineSearch {
  double decrease = 1e-4;  // c1
  double curvature = 0.9;  // c2
  double rounding = 1e-6;  // share of |phi(0)| within which values are not told apart
  std::int64_t trials = 30;
};

/// `found.length` is 0 where no trial was better than the start.
struct LineResult {
  LinePoint found;
  std::int64_t evaluations = 0;
  bool wolfe = false;  // false: the best point seen, short of the conditions
};

/// Searches from `start` (slope below zero) with `first` as the first length tried.
LineResult search_line(const LineSearch& search, const LinePoint& start, double first, const std::function<LinePoint(double)>& phi);

}  // namespace fallline
