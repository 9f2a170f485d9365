// SPDX-License-Identifier: Apache-2.0
// A mean over rows, and the methods that need its rows one by one: they step on one row at a time, yet their gradient's variance falls to
// zero, so that a constant learning rate converges linearly on strongly convex means.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "fallline/base/result.hpp"
#include "fallline/optim/optimizer.hpp"

namespace fallline {

/// value_and_gradient(theta, rows, gradient to fill) is the mean over the rows told, each of them in [0, rows).
/// A linear model may tell its structure as well: the gradient of a row is slope(theta, row) times its features, and add_row(row, factor,
/// sum) does sum += factor * features. Tables then hold one number a row.
struct FiniteSum {
  std::size_t rows = 0;
  std::function<double(std::span<const double> theta, std::span<const std::uint32_t> rows, std::span<double> gradient)> value_and_gradient =
      {};
  std::function<double(std::span<const double> theta, std::uint32_t row)> slope = {};
  std::function<void(std::uint32_t row, double factor, std::span<double> sum)> add_row = {};

  bool linear() const { return slope && add_row; }
};

/// A method as it runs over one sum, which must outlive it.
class SumMethod {
 public:
  virtual ~SumMethod() = default;
  /// The estimate of the gradient at theta for one step, from `row`; direction: to fill. Gives the number of rows whose gradient was asked.
  virtual std::int64_t direction(std::span<const double> theta, std::uint32_t row, std::span<double> direction) = 0;

  /// The state as a value; restore on a method begun on the same sum continues bit for bit.
  virtual std::vector<StateArray> save() const = 0;
  virtual Result<void> restore(const std::vector<StateArray>& state) = 0;
};

/// "svrg", "saga", "sag", each with settings: "svrg:inner=1". `learning_rate` is the spec's or the method's own.
struct SumMethodChoice {
  double learning_rate = 0;
  double rate_over_curvature = 0;  // the rate that goes with a largest curvature L of a row is this over L
  bool keeps_table = false;        // of a gradient a row, one number where the sum is linear
  std::function<std::unique_ptr<SumMethod>(const FiniteSum& sum, std::span<const double> start)> begin;
};
Result<SumMethodChoice> make_sum_method(std::string_view spec);
bool is_sum_method(std::string_view spec);

/// The row of a step (from 0), drawn with replacement: a function of (seed, step).
std::uint32_t row_of_step(std::uint64_t seed, std::int64_t step, std::size_t rows);

}  // namespace fallline
