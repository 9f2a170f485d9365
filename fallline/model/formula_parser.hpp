// SPDX-License-Identifier: Apache-2.0
// The grammar of formulas, read by recursive descent straight onto a Tape.
//
//   sum     = product { (+|-) product }
//   product = signed { (*|/) signed }
//   signed  = { + | - } power
//   power   = primary [ ^ signed ]
//   primary = number | coordinate | constant | function ( sum { , sum } ) | ( sum )
//
// The text may be anyone's: length, nesting, digits of a number and coordinates are bounded.
#pragma once

#include <cstddef>
#include <string_view>

#include "fallline/base/result.hpp"
#include "fallline/model/formula_tape.hpp"

namespace fallline {

inline constexpr std::size_t longest_formula = 10'000;  // bytes
inline constexpr std::size_t deepest_formula = 100;     // parentheses and powers inside each other
inline constexpr std::size_t longest_number = 100;      // characters
inline constexpr std::size_t highest_coordinate = 999;

struct ParsedFormula {
  Tape tape;
  std::size_t dimension = 0;
  bool numbered = false;  // x0, x1, ... rather than x, y, z, w
};

Result<ParsedFormula> read_formula(std::string_view text);

}  // namespace fallline
