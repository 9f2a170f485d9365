// SPDX-License-Identifier: Apache-2.0
// LearningRateSchedule: a plain struct that tells its options and gives the rate of a step. k counts the steps done (0 for the first), base
// is the rate of the run. A member `total` left at 0 stands for the length of the run. Closed forms, in double. A schedule with
// observe(metric) is handed a measure, such as the loss, after each step or epoch. One with a flag cycle_momentum and momentum(k) drives
// the momentum of the rule too, where the flag is set.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fallline/base/field.hpp"

namespace fallline {

template <class S>
concept LearningRateSchedule = std::default_initializable<S> && requires(const S s, std::int64_t k, double base) {
  { S::name } -> std::convertible_to<std::string_view>;
  { S::cites } -> std::convertible_to<std::string_view>;
  { S::summary } -> std::convertible_to<std::string_view>;
  S::fields();
  { s.rate(k, base) } -> std::same_as<double>;
};

/// An option that is a list of numbers, written 10/20/30. A schedule that has some tells them by lists().
template <class S>
struct ListField {
  std::string_view name;
  std::vector<double> S::* member;
  std::string_view meaning;
};

}  // namespace fallline
