// SPDX-License-Identifier: Apache-2.0
// Half cosines one after another (SGDR): period i has length first mult^i and falls from shrink^i of the height to the floor:
//   eta = low + (base - low) shrink^i (1 + cos(pi position / length)) / 2,   low = end + alpha base
// Loshchilov & Hutter 2016.
#pragma once

#include <cmath>
#include <numbers>

#include "fallline/optim/schedule_concept.hpp"

namespace fallline::schedules {

struct CosineRestarts {
  static constexpr std::string_view name = "cosine_restarts";
  static constexpr std::string_view cites = "Loshchilov & Hutter 2016";
  static constexpr std::string_view summary = "Half cosines one after another, each from the top.";

  std::int64_t first = 10;
  double mult = 2;
  double shrink = 1;
  double end = 0;
  double alpha = 0;

  static constexpr auto fields() {
    return std::array{
        field<&CosineRestarts::first>("first", Range{1, 1e15}, "length of the first fall in steps"),
        field<&CosineRestarts::mult>("mult", Range{1, 1e6}, "each fall is so many times longer than the one before"),
        field<&CosineRestarts::shrink>("shrink", positive, "each peak is so many times the one before"),
        field<&CosineRestarts::end>("end", nonnegative, "rate at the end of each fall"),
        field<&CosineRestarts::alpha>("alpha", nonnegative, "the same as a share of the base rate, added to end"),
    };
  }

  double rate(std::int64_t k, double base) const {
    double position = static_cast<double>(k);
    double length = static_cast<double>(first);
    double height = 1;
    if (mult == 1) {
      height = std::pow(shrink, std::floor(position / length));
      position = std::fmod(position, length);
    }
    while (position >= length) {
      position -= length;
      length *= mult;
      height *= shrink;
    }
    const double low = end + alpha * base;
    return low + (base - low) * height * (1 + std::cos(std::numbers::pi * position / length)) / 2;
  }
};

}  // namespace fallline::schedules
