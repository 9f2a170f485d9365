// SPDX-License-Identifier: Apache-2.0
// Formula: a landscape that the user typed, "(1 - x)^2 + 100*(y - x^2)^2", with exact derivatives.
//
//   + - * / ^ and parentheses; ^ binds tightest and from the right (2^3^2 = 2^9), a sign binds looser than ^ (-x^2 = -(x^2))
//   sin cos tan exp log sqrt abs tanh of one argument, min max of two or more; constants pi and e
//   coordinates x y z w, or x0 x1 x2 ..., not both in one formula
//
// The dimension is that of the highest coordinate used: "y^2" has two and is flat along x. formula_tape.hpp tells what holds at kinks and
// outside domains. There are no known minima; the box is [-5, 5] and the start 1 in each coordinate.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fallline/base/result.hpp"
#include "fallline/model/formula_tape.hpp"
#include "fallline/model/landscape.hpp"

namespace fallline {

class Formula final : public Landscape {
 public:
  Formula(std::string_view text, Tape tape, std::size_t dimension, bool numbered);

  const LandscapeInfo& info() const override { return info_; }
  std::string spec() const override { return info_.name; }
  std::unique_ptr<Landscape> clone() const override { return std::make_unique<Formula>(*this); }

  double value(std::span<const double> x) override { return tape_.value(x); }
  double value_and_gradient(std::span<const double> x, std::span<double> gradient) override {
    return tape_.value_and_gradient(x, gradient);
  }
  void hessian(std::span<const double> x, Mat<double> hessian) override { tape_.hessian(x, hessian); }

 private:
  Tape tape_;
  LandscapeInfo info_;
};

/// A usage error gives the position ("formula:7: expected ..."), the line and a mark under the place.
Result<std::unique_ptr<Formula>> parse_formula(std::string_view text);

/// What a user may name as a function: the landscape of that name ("rosenbrock:b=50"), else a formula. One word that is no formula is taken
/// for a mistyped landscape. A formula's dimension is its own: another one is refused.
Result<std::unique_ptr<Landscape>> landscape_or_formula(std::string_view text, std::optional<std::size_t> dimension = std::nullopt);

}  // namespace fallline
