// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/encode/moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace fallline::encoding {

void Moments::add(std::span<const double> numbers) {
  extend_range(numbers);
  if (!origin_) {
    const auto first = std::find_if(numbers.begin(), numbers.end(), [](double x) { return x == x; });
    origin_ = first != numbers.end() ? std::optional(*first) : std::nullopt;
  }
  const double origin = origin_.value_or(0);
  sum_.add(numbers, [origin](double x) { return x - origin; });
  squares_.add(numbers, [origin](double x) { return (x - origin) * (x - origin); });
}

/// Of eight lanes, which do not wait for one another.
void Moments::extend_range(std::span<const double> numbers) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> low;
  std::array<double, lanes> high;
  std::array<std::uint64_t, lanes> missing{};
  low.fill(std::numeric_limits<double>::infinity());
  high.fill(-std::numeric_limits<double>::infinity());
  const auto extend = [&](std::size_t lane, double x) {  // comparisons with NaN are false
    low[lane] = x < low[lane] ? x : low[lane];
    high[lane] = x > high[lane] ? x : high[lane];
    missing[lane] += x == x ? 0 : 1;
  };
  std::size_t i = 0;
  for (; i + lanes <= numbers.size(); i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) {
      extend(k, numbers[i + k]);
    }
  }
  for (; i < numbers.size(); ++i) {
    extend(0, numbers[i]);
  }
  const std::uint64_t all_missing = std::accumulate(missing.begin(), missing.end(), std::uint64_t{0});
  facts_.low = std::min(facts_.low, *std::min_element(low.begin(), low.end()));
  facts_.high = std::max(facts_.high, *std::max_element(high.begin(), high.end()));
  facts_.missing += all_missing;
  facts_.present += numbers.size() - all_missing;
}

NumberFacts Moments::facts() {
  constexpr double far = 1e4;  // in squares: four of sixteen digits are lost
  if (origin_) {
    const auto count = static_cast<double>(facts_.present);
    const double offset = sum_.total() / count;
    const double square = squares_.total() / count;
    const double variance = std::max(0.0, square - offset * offset);
    near_ = offset * offset <= far * variance;
    facts_.mean = *origin_ + offset;
    facts_.spread = std::sqrt(variance);
  }
  return facts_;
}

}  // namespace fallline::encoding
