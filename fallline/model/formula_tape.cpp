// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/formula_tape.hpp"

#include <algorithm>
#include <cmath>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

/// What a weight passes on through a derivative: nothing where it is 0, even if the derivative is infinite.
double carried(double weight, double derivative) { return weight == 0 ? 0 : weight * derivative; }

double sign(double a) { return a > 0 ? 1 : (a < 0 ? -1 : 0); }

/// The first argument where both are equal; NaN where either is.
bool takes_first(Operation operation, double a, double b) { return std::isnan(a) || (operation == Operation::min ? a <= b : a >= b); }

bool has_two_arguments(Operation operation) {
  switch (operation) {
    case Operation::add:
    case Operation::subtract:
    case Operation::multiply:
    case Operation::divide:
    case Operation::power:
    case Operation::min:
    case Operation::max:
      return true;
    default:
      return false;
  }
}

}  // namespace

Tape::Place Tape::constant(double value) {
  nodes_.push_back({Operation::constant, 0, 0, value});
  return static_cast<Place>(nodes_.size() - 1);
}

Tape::Place Tape::variable(std::size_t coordinate) {
  nodes_.push_back({Operation::variable, static_cast<Place>(coordinate), 0, 0});
  return static_cast<Place>(nodes_.size() - 1);
}

Tape::Place Tape::apply(Operation operation, Place first, Place second) {
  expects(first < nodes_.size() && second < nodes_.size(), "an operation reads earlier ones");
  const Node& a = nodes_[first];
  const Node& b = nodes_[second];
  const bool folds = a.operation == Operation::constant && (!has_two_arguments(operation) || b.operation == Operation::constant);
  if (folds) {
    return constant(evaluate(operation, a.constant, b.constant));
  }
  nodes_.push_back({operation, first, second, 0});
  return static_cast<Place>(nodes_.size() - 1);
}

void Tape::finish(std::size_t dimension, Place result) {
  expects(result < nodes_.size(), "the result is a node");
  dimension_ = dimension;
  result_ = result;
  values_.assign(nodes_.size(), 0);
  partials_.assign(nodes_.size(), {});
  weights_.assign(nodes_.size(), 0);
  tangents_.assign(nodes_.size(), 0);
  weight_tangents_.assign(nodes_.size(), 0);
}

bool Tape::smooth() const {
  return std::ranges::none_of(nodes_, [](const Node& node) {
    return node.operation == Operation::abs || node.operation == Operation::min || node.operation == Operation::max ||
           node.operation == Operation::sqrt;
  });
}

double Tape::evaluate(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::constant:
    case Operation::variable:
      return a;
    case Operation::add:
      return a + b;
    case Operation::subtract:
      return a - b;
    case Operation::multiply:
      return a * b;
    case Operation::divide:
      return a / b;
    case Operation::negate:
      return -a;
    case Operation::power:
      return b == 2 ? a * a : std::pow(a, b);
    case Operation::sin:
      return std::sin(a);
    case Operation::cos:
      return std::cos(a);
    case Operation::tan:
      return std::tan(a);
    case Operation::exp:
      return std::exp(a);
    case Operation::log:
      return std::log(a);
    case Operation::sqrt:
      return std::sqrt(a);
    case Operation::abs:
      return std::abs(a);
    case Operation::tanh:
      return std::tanh(a);
    case Operation::min:
    case Operation::max:
      return takes_first(operation, a, b) ? a : b;
  }
  return 0;
}

Tape::Partials Tape::divide(double b, double value) { return {1 / b, -value / b, 0, -1 / b / b, 2 * value / b / b}; }

/// v = a^b. Factors that are 0 come first and win: x^0 has slope 0, and 0^b (b > 0) does not feel the infinite log of 0.
Tape::Partials Tape::power(double a, double b, double value, bool constant_power) {
  const double slope = carried(b, std::pow(a, b - 1));
  const double curvature = carried(b * (b - 1), std::pow(a, b - 2));
  if (constant_power) {
    return {slope, 0, curvature, 0, 0};
  }
  const double l = std::log(a);
  const double by_power = carried(value, l);
  return {slope, by_power, curvature, std::pow(a, b - 1) + carried(slope, l), carried(by_power, l)};
}

Tape::Partials Tape::partials(Operation operation, double a, double b, double value, bool constant_power) {
  switch (operation) {
    case Operation::constant:
    case Operation::variable:
      return {};
    case Operation::add:
      return {1, 1, 0, 0, 0};
    case Operation::subtract:
      return {1, -1, 0, 0, 0};
    case Operation::multiply:
      return {b, a, 0, 1, 0};
    case Operation::divide:
      return divide(b, value);
    case Operation::negate:
      return {-1, 0, 0, 0, 0};
    case Operation::power:
      return power(a, b, value, constant_power);
    case Operation::sin:
      return {std::cos(a), 0, -value, 0, 0};
    case Operation::cos:
      return {-std::sin(a), 0, -value, 0, 0};
    case Operation::tan:
      return {1 + value * value, 0, 2 * value * (1 + value * value), 0, 0};
    case Operation::exp:
      return {value, 0, value, 0, 0};
    case Operation::log:
      return {1 / a, 0, -1 / a / a, 0, 0};
    case Operation::sqrt:
      return {0.5 / value, 0, -0.25 / value / a, 0, 0};
    case Operation::abs:
      return {sign(a), 0, 0, 0, 0};
    case Operation::tanh:
      return {1 - value * value, 0, -2 * value * (1 - value * value), 0, 0};
    case Operation::min:
    case Operation::max:
      return takes_first(operation, a, b) ? Partials{1, 0, 0, 0, 0} : Partials{0, 1, 0, 0, 0};
  }
  return {};
}

double Tape::value(std::span<const double> x) {
  expects(x.size() == dimension_, "a point has the formula's dimension");
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    switch (node.operation) {
      case Operation::constant:
        values_[i] = node.constant;
        break;
      case Operation::variable:
        values_[i] = x[node.first];
        break;
      default:
        values_[i] = evaluate(node.operation, values_[node.first], values_[node.second]);
    }
  }
  return values_[result_];
}

void Tape::differentiate() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.operation != Operation::constant && node.operation != Operation::variable) {
      const bool constant_power = nodes_[node.second].operation == Operation::constant;
      partials_[i] = partials(node.operation, values_[node.first], values_[node.second], values_[i], constant_power);
    }
  }
}

void Tape::sweep_back() {
  std::ranges::fill(weights_, 0.0);
  weights_[result_] = 1;
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    const Node& node = nodes_[i];
    if (node.operation == Operation::constant || node.operation == Operation::variable || weights_[i] == 0) {
      continue;
    }
    weights_[node.first] += weights_[i] * partials_[i].a;
    if (has_two_arguments(node.operation)) {
      weights_[node.second] += weights_[i] * partials_[i].b;
    }
  }
}

double Tape::value_and_gradient(std::span<const double> x, std::span<double> gradient) {
  expects(gradient.size() == dimension_, "a gradient has the formula's dimension");
  const double result = value(x);
  std::ranges::fill(gradient, std::isnan(result) ? result : 0.0);
  if (std::isnan(result)) {
    return result;
  }
  differentiate();
  sweep_back();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].operation == Operation::variable) {
      gradient[nodes_[i].first] += weights_[i];
    }
  }
  return result;
}

/// Tangents forward along x_i, then the derivative of the backward sweep: row i of the Hessian.
void Tape::sweep_along(std::size_t coordinate, std::span<double> row) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.operation == Operation::constant || node.operation == Operation::variable) {
      tangents_[i] = node.operation == Operation::variable && node.first == coordinate ? 1 : 0;
      continue;
    }
    tangents_[i] = carried(tangents_[node.first], partials_[i].a);
    if (has_two_arguments(node.operation)) {
      tangents_[i] += carried(tangents_[node.second], partials_[i].b);
    }
  }
  std::ranges::fill(weight_tangents_, 0.0);
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    const Node& node = nodes_[i];
    if (node.operation == Operation::variable) {
      row[node.first] += weight_tangents_[i];
    }
    if (node.operation == Operation::constant || node.operation == Operation::variable) {
      continue;
    }
    const Partials& p = partials_[i];
    const double along_a = tangents_[node.first];
    const bool two = has_two_arguments(node.operation);
    const double along_b = two ? tangents_[node.second] : 0;
    weight_tangents_[node.first] +=
        carried(weight_tangents_[i], p.a) + carried(weights_[i], carried(along_a, p.aa) + carried(along_b, p.ab));
    if (two) {
      weight_tangents_[node.second] +=
          carried(weight_tangents_[i], p.b) + carried(weights_[i], carried(along_a, p.ab) + carried(along_b, p.bb));
    }
  }
}

void Tape::hessian(std::span<const double> x, Mat<double> hessian) {
  expects(hessian.rows() == dimension_ && hessian.cols() == dimension_, "a Hessian is square");
  const double result = value(x);
  for (std::size_t i = 0; i < dimension_; ++i) {
    std::ranges::fill(hessian.row(i), std::isnan(result) ? result : 0.0);
  }
  if (std::isnan(result)) {
    return;
  }
  differentiate();
  sweep_back();
  for (std::size_t i = 0; i < dimension_; ++i) {
    sweep_along(i, hessian.row(i));
  }
}

}  // namespace fallline
