// SPDX-License-Identifier: Apache-2.0
// On quadratics the best constants are known, and with them the factor by which the error falls each step; kappa = L / mu.
// Lessard, Recht & Packard 2016, table 1.
#include <gtest/gtest.h>

#include <cmath>

#include "fallline/base/numbers.hpp"
#include "fallline/optim/testing.hpp"

namespace fallline {
namespace {

constexpr double low = 1;
constexpr double high = 100;

/// log of the factor per step, late in a run on the quadratic with curvatures between low and high and its minimum at 0.
double measured(const std::string& spec, double rate) {
  const std::vector<double> curvatures{low, 3, 10, 40, high};
  const auto optimizer = testing::make(spec);
  Parameters<double> theta = testing::vector<double>(std::vector<double>(curvatures.size(), 1));
  optimizer->start(theta);
  const auto size = [&] {
    double sum = 0;
    for (const double x : theta.values()) {
      sum += x * x;
    }
    return std::log(sum) / 2;
  };
  constexpr int before = 500;
  constexpr int after = 1500;
  double from = 0;
  for (int t = 0; t < after; ++t) {
    if (t == before) {
      from = size();
    }
    Parameters<double> gradient = theta;
    for (std::size_t i = 0; i < curvatures.size(); ++i) {
      gradient.values()[i] *= curvatures[i];
    }
    optimizer->step(theta, gradient, rate);
  }
  return (size() - from) / (after - before);
}

void expect_rate(double logarithm, double theory) { EXPECT_NEAR(logarithm / std::log(theory), 1, 0.05); }

TEST(Convergence, GradientDescentReachesItsRate) {
  const double kappa = high / low;
  expect_rate(measured("sgd", 2 / (high + low)), (kappa - 1) / (kappa + 1));
}

TEST(Convergence, HeavyBallReachesItsRate) {
  const double root = std::sqrt(high / low);
  const double factor = (root - 1) / (root + 1);
  const double rate = 4 / std::pow(std::sqrt(high) + std::sqrt(low), 2);
  expect_rate(measured("momentum:momentum=" + shortest(factor * factor), rate), factor);
}

TEST(Convergence, NesterovReachesItsRate) {
  const double root = std::sqrt(3 * high / low + 1);
  expect_rate(measured("nesterov:momentum=" + shortest((root - 2) / (root + 2)), 4 / (3 * high + low)), 1 - 2 / root);
}

}  // namespace
}  // namespace fallline
