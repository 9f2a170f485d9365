// SPDX-License-Identifier: Apache-2.0
// Rest: what the steps of a history do to a weight that its rule no longer moves: decay leaves a share of it, L1 takes off a cut, the
// average goes on. Without an average all steps are taken at once, by the sums of the shares' logarithms and of the cuts:
//   |w| <- max(0, L |w| - s (C_b - L C_a)),   L = share_(a+1) ... share_b,   C_k = share_k C_(k-1) + cut_k
// With one they are maps of weight and average (step_maps.hpp), up to the step at which L1 brings the weight to zero.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "fallline/optim/detail/coordinate.hpp"
#include "fallline/optim/detail/step_maps.hpp"

namespace fallline::detail {

class Rest {
 public:
  void start(bool averages) {
    averages_ = averages;
    moves_ = cuts_ = false;
    shrinks_ = true;
    maps_.start(averages ? 2 : 0);
    log_left_.assign(1, 0);
    cut_.assign(1, 0);
  }

  void append(double share, double cut, const StepStages<double>& stages) {
    shrinks_ = shrinks_ && share > 0 && share <= 1;
    cuts_ = cuts_ || cut > 0;
    moves_ = moves_ || share != 1 || cut > 0;
    log_left_.push_back(log_left_.back() + (share > 0 ? std::log(share) : 0));
    cut_.push_back(share * cut_.back() + cut);
    if (averages_) {
      const double take = stages.points > 1 ? 1 / stages.points : stages.take;
      const double keep = stages.points > 1 ? 1 - take : take == 1 ? 0 : stages.keep;
      StepMap map;
      map.matrix[0] = share;
      map.matrix[most_mapped] = take * share;
      map.matrix[most_mapped + 1] = keep;
      map.offset = {-cut, -take * cut};
      maps_.append(map);
    }
  }

  /// No step so far turned a weight, ended all of it or made it longer.
  bool shrinks() const { return shrinks_; }
  bool cuts() const { return cuts_; }

  /// Takes steps from `from` on, `to` at most, and tells how many; 0: the next brings the weight to zero. `scale` times the cuts.
  std::int64_t take(std::int64_t from, std::int64_t to, double scale, double& theta, double& average) const {
    if (averages_) {
      return take_block(from, to, scale, theta, average);
    }
    if (moves_ && theta != 0) {
      const double left = std::exp(log_left_[static_cast<std::size_t>(to)] - log_left_[static_cast<std::size_t>(from)]);
      const double cut = scale * (cut_[static_cast<std::size_t>(to)] - left * cut_[static_cast<std::size_t>(from)]);
      theta = std::copysign(std::max(0.0, left * std::abs(theta) - std::max(0.0, cut)), theta);
    }
    return to - from;
  }

 private:
  /// The longest block after which the weight has its sign still, or has none.
  std::int64_t take_block(std::int64_t from, std::int64_t to, double scale, double& theta, double& average) const {
    const double sign = theta < 0 ? -1 : 1;
    std::int64_t steps = maps_.longest(from, to, to);
    for (; steps > 0; steps = maps_.longest(from, to, steps / 2)) {
      std::array<double, most_mapped> x = {sign * theta, sign * average};
      maps_.apply(from, steps, scale, x);
      if (scale == 0 || x[0] > 0) {
        theta = sign * x[0];
        average = sign * x[1];
        return steps;
      }
    }
    return 0;
  }

  bool averages_ = false;
  bool moves_ = false;
  bool cuts_ = false;
  bool shrinks_ = true;
  StepMaps maps_;  // of weight and average
  std::vector<double> log_left_;
  std::vector<double> cut_;
};

}  // namespace fallline::detail
