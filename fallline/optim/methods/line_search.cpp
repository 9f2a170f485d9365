// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/line_search.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

bool is_finite(const LinePoint& p) { return std::isfinite(p.value) && std::isfinite(p.slope); }

/// Where the cubic with these values and slopes is least; not a number where it has no minimum.
double cubic_minimum(const LinePoint& a, const LinePoint& b) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length);
  const double root = d1 * d1 - a.slope * b.slope;
  if (!(root >= 0)) {
    return std::nan("");
  }
  const double d2 = std::copysign(std::sqrt(root), b.length - a.length);
  return b.length - (b.length - a.length) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

/// Where the line through the slopes crosses zero.
double secant(const LinePoint& a, const LinePoint& b) { return (a.length * b.slope - b.length * a.slope) / (b.slope - a.slope); }

class Search {
 public:
  Search(const LineSearch& search, const LinePoint& start)
      : search_(search), start_(start), rounding_(search.rounding * std::abs(start.value)), low_(start), before_(start) {}

  bool fulfilled(const LinePoint& p) const {
    const bool decreased = p.value <= start_.value + search_.decrease * p.length * start_.slope;
    const bool flat = std::abs(p.slope) <= -search_.curvature * start_.slope;
    const bool hidden = p.value <= start_.value + rounding_ && p.slope <= (2 * search_.decrease - 1) * start_.slope;
    return flat && (decreased || hidden);
  }

  void narrow(const LinePoint& p) {
    const double width = high_known_ ? high_.length - low_.length : p.length;
    const bool too_high = !(p.value <= start_.value + std::max(rounding_, search_.decrease * p.length * start_.slope));
    if (!is_finite(p) || too_high || p.slope >= 0) {
      high_ = p;
      high_known_ = true;
    } else {
      before_ = low_;
      low_ = p;
    }
    slow_ = high_known_ && high_.length - low_.length > 0.66 * width;
  }

  bool closed() const { return high_known_ && high_.length - low_.length <= 1e-14 * high_.length; }

  double next() const {
    if (!high_known_) {
      const double guess = model(before_, low_);
      const double farthest = 10 * low_.length;
      return guess > low_.length ? std::clamp(guess, low_.length + 0.1 * (low_.length - before_.length), farthest) : farthest;
    }
    const double width = high_.length - low_.length;
    if (!is_finite(high_)) {
      return low_.length + 0.25 * width;
    }
    const double guess = model(low_, high_);
    if (slow_ || !std::isfinite(guess)) {
      return low_.length + 0.5 * width;
    }
    return std::clamp(guess, low_.length + 0.1 * width, high_.length - 0.1 * width);
  }

 private:
  double model(const LinePoint& a, const LinePoint& b) const {
    const bool values_speak = std::abs(a.value - b.value) > rounding_;
    const double guess = values_speak ? cubic_minimum(a, b) : secant(a, b);
    return std::isfinite(guess) ? guess : secant(a, b);
  }

  const LineSearch& search_;
  LinePoint start_;
  double rounding_;
  LinePoint low_;
  LinePoint before_;
  LinePoint high_;
  bool high_known_ = false;
  bool slow_ = false;
};

}  // namespace

LineResult search_line(const LineSearch& search, const LinePoint& start, double first, const std::function<LinePoint(double)>& phi) {
  expects(start.slope < 0, "a line search goes downhill");
  Search state(search, start);
  LineResult result{.found = start};
  double length = first;
  while (result.evaluations < search.trials) {
    const LinePoint p = phi(length);
    ++result.evaluations;
    if (is_finite(p) && state.fulfilled(p)) {
      result.found = p;
      result.wolfe = true;
      return result;
    }
    if (is_finite(p) && p.value < result.found.value) {
      result.found = p;
    }
    state.narrow(p);
    if (state.closed()) {
      return result;
    }
    length = state.next();
  }
  return result;
}

}  // namespace fallline
