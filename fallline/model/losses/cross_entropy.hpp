// SPDX-License-Identifier: Apache-2.0
// Cross-entropy of the softmax: l = -log p_y, p_j = e^{s_j} / sum e^s, over all scores of a row at once. Slope p_j - [j = y].
// Label smoothing (Szegedy et al. 2016, section 7; PyTorch's convention) makes the target (1 - s) [j = y] + s/classes.
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

  double smoothing = 0;

  static constexpr auto fields() {
    return std::array{field<&CrossEntropy::smoothing>("smoothing", below_one, "share of the target that all classes get alike")};
  }

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
    const T own = T(1 - smoothing);
    const T any = T(smoothing / static_cast<double>(classes));
    if (smoothing > 0) {
      blend(scores, rows, classes, largest.data(), own, any, value);
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
      scores[static_cast<std::size_t>(y[i]) * rows + i] -= own;
      value[i] += fast_log(sum[i]);
    }
    for (std::size_t j = 0; j < rows * classes && smoothing > 0; ++j) {
      scores[j] -= any;
    }
  }

 private:
  /// How far the scores lie below the largest, that of the true class, weighed by the target.
  template <class T>
  static void blend(const T* scores, std::size_t rows, std::size_t classes, const T* largest, T own, T any, T* value) {
    for (std::size_t i = 0; i < rows; ++i) {
      value[i] *= own;
    }
    for (std::size_t c = 0; c < classes; ++c) {
      for (std::size_t i = 0; i < rows; ++i) {
        value[i] += any * (largest[i] - scores[c * rows + i]);
      }
    }
  }
};

}  // namespace fallline::losses
