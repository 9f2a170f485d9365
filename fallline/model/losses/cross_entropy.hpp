// SPDX-License-Identifier: Apache-2.0
// Cross-entropy of the softmax: l = -log p_y, p_j = e^{s_j} / sum e^s, over all scores of a row at once. Slope p_j - [j = y].
#pragma once

#include <algorithm>

#include "fallline/math/elementary.hpp"
#include "fallline/model/loss_concept.hpp"

namespace fallline::losses {

struct CrossEntropy {
  static constexpr std::string_view name = "cross_entropy";
  static constexpr std::string_view cites = "McFadden 1974; Bridle 1990";
  static constexpr std::string_view summary = "several classes with probabilities (softmax)";
  static constexpr LossTask task = LossTask::multiclass;
  static constexpr bool smooth = true;
  static constexpr double curvature = 0.5;
  static constexpr double degree = 0;

  static constexpr auto fields() { return std::array<Field<CrossEntropy>, 0>{}; }

  /// scores: [classes][rows], turned into slopes in place; y: [rows] the index of the true class; value: [rows] to fill. The largest score
  /// of a row is taken off first, so no margin overflows. Loops run over rows, where they vectorise; rows <= largest_block.
  template <class T>
  void at_block(T* scores, std::size_t rows, std::size_t classes, const T* y, T* value) const {
    std::array<T, largest_block> largest;
    std::array<T, largest_block> sum;
    std::copy_n(scores, rows, largest.begin());
    for (std::size_t c = 1; c < classes; ++c) {
      for (std::size_t i = 0; i < rows; ++i) {
        const T score = scores[c * rows + i];
        largest[i] = score > largest[i] ? score : largest[i];
      }
    }
    for (std::size_t i = 0; i < rows; ++i) {
      sum[i] = T(0);
      value[i] = largest[i] - scores[static_cast<std::size_t>(y[i]) * rows + i];
    }
    for (std::size_t c = 0; c < classes; ++c) {
      for (std::size_t i = 0; i < rows; ++i) {
        const T share = fast_exp(scores[c * rows + i] - largest[i]);
        scores[c * rows + i] = share;
        sum[i] += share;
      }
    }
    for (std::size_t c = 0; c < classes; ++c) {
      for (std::size_t i = 0; i < rows; ++i) {
        scores[c * rows + i] /= sum[i];
      }
    }
    for (std::size_t i = 0; i < rows; ++i) {
      scores[static_cast<std::size_t>(y[i]) * rows + i] -= T(1);
      value[i] += fast_log(sum[i]);
    }
  }
};

}  // namespace fallline::losses
