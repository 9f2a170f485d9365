// SPDX-License-Identifier: Apache-2.0
// Tape: a formula as a flat list of operations, each reading earlier ones, with exact derivatives. The gradient is one backward sweep
// (reverse mode); row i of the Hessian is the derivative of that sweep along x_i (forward over reverse).
//
// Conventions: a fault of domain (log of a negative) gives NaN, for the value and for every derivative. The slope of abs is 0 at 0; min and
// max follow their first argument where both are equal. 0^0 = 1, as is x^0 everywhere; x^n with a constant whole n is exact for negative x;
// x^y with y not whole is NaN for negative x. What has weight 0 passes nothing on, so an infinite slope in a branch that does not count
// does no harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fallline/base/views.hpp"

namespace fallline {

enum class Operation : std::uint8_t {
  constant,
  variable,
  add,
  subtract,
  multiply,
  divide,
  negate,
  power,
  sin,
  cos,
  tan,
  exp,
  log,
  sqrt,
  abs,
  tanh,
  min,
  max
};

class Tape {
 public:
  using Place = std::uint32_t;

  Place constant(double value);
  Place variable(std::size_t coordinate);
  /// Operations on constants become constants. `second` is not read by operations of one argument.
  Place apply(Operation operation, Place first, Place second = 0);

  std::size_t size() const { return nodes_.size(); }
  /// Coordinates 0 .. n-1 and the node that is the result; allocates what evaluations need.
  void finish(std::size_t dimension, Place result);

  /// No operation whose first or second derivative jumps or ends somewhere (abs, min, max, sqrt).
  bool smooth() const;

  double value(std::span<const double> x);
  double value_and_gradient(std::span<const double> x, std::span<double> gradient);
  void hessian(std::span<const double> x, Mat<double> hessian);

 private:
  struct Node {
    Operation operation = Operation::constant;
    Place first = 0;  // a variable: its coordinate
    Place second = 0;
    double constant = 0;
  };
  /// First and second derivatives of an operation with respect to its arguments a and b.
  struct Partials {
    double a = 0;
    double b = 0;
    double aa = 0;
    double ab = 0;
    double bb = 0;
  };

  static double evaluate(Operation operation, double a, double b);
  static Partials partials(Operation operation, double a, double b, double value, bool constant_power);
  static Partials power(double a, double b, double value, bool constant_power);
  static Partials divide(double b, double value);
  void differentiate();
  void sweep_back();
  void sweep_along(std::size_t coordinate, std::span<double> row);

  std::vector<Node> nodes_;
  std::size_t dimension_ = 0;
  Place result_ = 0;
  // One entry a node, from the last evaluation.
  std::vector<double> values_;
  std::vector<Partials> partials_;
  std::vector<double> weights_;          // d result / d node
  std::vector<double> tangents_;         // d node / d x_i
  std::vector<double> weight_tangents_;  // d weight / d x_i
};

}  // namespace fallline
