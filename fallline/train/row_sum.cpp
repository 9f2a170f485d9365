// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/row_sum.hpp"

#include <algorithm>
#include <memory>

namespace fallline {

namespace {

/// Calls visit(column, value) for each value of the row.
template <class T, class Visit>
void visit_row(const Rows<T>& rows, std::size_t row, Visit visit) {
  if (rows.sparse) {
    for (std::uint64_t k = rows.starts[row]; k < rows.starts[row + 1]; ++k) {
      visit(rows.columns[k], static_cast<double>(rows.values[k]));
    }
    return;
  }
  const auto values = rows.dense.row(row);
  for (std::size_t j = 0; j < rows.features; ++j) {
    visit(j, static_cast<double>(values[j]));
  }
}

/// The mean over some rows by the pass that every other method uses.
template <class T>
class Batch {
 public:
  explicit Batch(Problem<T>& problem) : problem_(problem) {}

  double operator()(std::span<const double> theta, std::span<const std::uint32_t> some, std::span<double> gradient) {
    rows_.resize(some.size());
    std::transform(some.begin(), some.end(), rows_.begin(), [&](std::uint32_t i) { return problem_.feed().number(Part::training, i); });
    theta_.resize(theta.size());
    std::transform(theta.begin(), theta.end(), theta_.begin(), [](double x) { return static_cast<T>(x); });
    gradient_.resize(theta.size());
    const double loss = problem_.batch(rows_, theta_, gradient_);
    std::copy(gradient_.begin(), gradient_.end(), gradient.begin());
    return loss;
  }

 private:
  Problem<T>& problem_;
  std::vector<std::uint32_t> rows_;
  std::vector<T> theta_;
  std::vector<T> gradient_;
};

}  // namespace

template <class T>
FiniteSum row_sum(Problem<T>& problem) {
  FiniteSum sum;
  sum.rows = problem.rows(Part::training);
  sum.value_and_gradient = [batch = std::make_shared<Batch<T>>(problem)](auto theta, auto rows, auto gradient) {
    return (*batch)(theta, rows, gradient);
  };
  if (problem.outputs() > 1) {
    return sum;
  }
  const std::size_t n = problem.features();
  sum.slope = [&problem, n, scale = 1 / problem.feed().whole().mean_weight](std::span<const double> theta, std::uint32_t index) {
    const std::uint32_t number = problem.feed().number(Part::training, index);
    const Picked<T> one = problem.feed().take({&number, 1});
    const Rows<T>& rows = one.rows;
    const std::uint32_t row = one.numbers.front();
    double score = problem.intercept() ? theta[n] : 0;
    visit_row(rows, row, [&](std::size_t j, double x) { score += theta[j] * x; });
    const double target = static_cast<double>(rows.target[row]);
    const double weight = rows.weight.empty() ? scale : scale * static_cast<double>(rows.weight[row]);
    problem.loss_function().block(problem.activation(), &target, &weight, 1, 1, &score);
    return score;
  };
  sum.add_row = [&problem, n](std::uint32_t index, double factor, std::span<double> total) {
    const std::uint32_t number = problem.feed().number(Part::training, index);
    const Picked<T> one = problem.feed().take({&number, 1});
    visit_row(one.rows, one.numbers.front(), [&](std::size_t j, double x) { total[j] += factor * x; });
    if (problem.intercept()) {
      total[n] += factor;
    }
  };
  return sum;
}

template FiniteSum row_sum(Problem<float>&);
template FiniteSum row_sum(Problem<double>&);

}  // namespace fallline
