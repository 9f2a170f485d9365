// SPDX-License-Identifier: Apache-2.0
// What a loss is: a plain struct with its name, source and fields, and the formula `at(p, y) -> {value, slope}` for one score p. Adding one
// is a file in losses/, its name in losses.hpp, and a test.
#pragma once

#include <array>
#include <concepts>
#include <string_view>

#include "fallline/base/field.hpp"

namespace fallline {

/// What the target holds: regression, counts: a number. binary: y = -1 or +1; with several classes each against the rest.
/// multiclass: a class index, all scores of a row at once.
enum class LossTask { regression, counts, binary, multiclass };

/// The most rows that a block of scores has.
inline constexpr std::size_t largest_block = 256;

template <class T>
struct LossAt {
  T value;
  T slope;  // derivative with respect to the score
};

/// smooth: the slope has a derivative, at most `curvature` (0: no bound). degree: l(s p, s y) = s^degree l(p, y) for regression losses,
/// which is what scaling the target does to it.
template <class L>
concept LossBase = requires {
  { L::name } -> std::convertible_to<std::string_view>;
  { L::cites } -> std::convertible_to<std::string_view>;
  { L::summary } -> std::convertible_to<std::string_view>;
  { L::task } -> std::convertible_to<LossTask>;
  { L::smooth } -> std::convertible_to<bool>;
  { L::curvature } -> std::convertible_to<double>;
  { L::degree } -> std::convertible_to<double>;
  L::fields();
};

template <class L>
concept ScoreLoss = LossBase<L> && requires(const L loss) {
  { loss.at(1.0F, 1.0F) } -> std::same_as<LossAt<float>>;
  { loss.at(1.0, 1.0) } -> std::same_as<LossAt<double>>;
};

template <class L>
concept BlockLoss = LossBase<L> && requires(const L loss, double* scores) { loss.at_block(scores, 1, 2, scores, scores); };

}  // namespace fallline
