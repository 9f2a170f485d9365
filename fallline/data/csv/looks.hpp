// SPDX-License-Identifier: Apache-2.0
// What a text looks like that is no number by the book but was perhaps meant as one. Only for notes that say how to have it read so.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fallline::csv {

enum class Look : std::uint8_t { other, number, time, grouped, other_decimal, money, percent, day_first, hexadecimal, not_finite };
inline constexpr std::size_t looks = 10;

/// number and time are what read_number and read_time take (whole days or not, possible or not), blanks around left out.
Look look_of(std::string_view text, char decimal);

/// What such cells are, and what to do to have them as numbers; for the looks after `time`.
struct LookAdvice {
  std::string_view what;
  std::string_view remedy;
};
LookAdvice advice_on(Look look);

}  // namespace fallline::csv
