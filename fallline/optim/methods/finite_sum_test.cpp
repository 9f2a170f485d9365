// SPDX-License-Identifier: Apache-2.0
#include "fallline/optim/methods/finite_sum.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/optim/minimize.hpp"

namespace fallline {
namespace {

constexpr std::size_t rows = 200;
constexpr std::size_t columns = 5;

double feature(std::uint32_t row, std::size_t j) { return Random(5, Purpose::test).normal(row * columns + j) / 2; }
double label(std::uint32_t row) { return Random(6, Purpose::test).uniform(row) < 0.3 + 0.4 * (feature(row, 0) > 0) ? 1 : -1; }

/// Logistic regression; with its structure told or not.
FiniteSum logistic(bool linear) {
  const auto score = [](std::span<const double> theta, std::uint32_t row) {
    double sum = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      sum += theta[j] * feature(row, j);
    }
    return sum;
  };
  const auto slope = [score](std::span<const double> theta, std::uint32_t row) {
    return -label(row) / (1 + std::exp(label(row) * score(theta, row)));
  };
  const auto add_row = [](std::uint32_t row, double factor, std::span<double> sum) {
    for (std::size_t j = 0; j < columns; ++j) {
      sum[j] += factor * feature(row, j);
    }
  };
  FiniteSum sum{rows, [=](std::span<const double> theta, std::span<const std::uint32_t> some, std::span<double> gradient) {
                  const double share = 1 / static_cast<double>(some.size());
                  double value = 0;
                  std::fill(gradient.begin(), gradient.end(), 0.0);
                  for (const std::uint32_t row : some) {
                    value += share * std::log1p(std::exp(-label(row) * score(theta, row)));
                    add_row(row, share * slope(theta, row), gradient);
                  }
                  return value;
                }};
  if (linear) {
    sum.slope = slope;
    sum.add_row = add_row;
  }
  return sum;
}

MinimizeOptions options(const char* optimizer, std::int64_t epochs) {
  return {.optimizer = optimizer,
          .learning_rate = 0.2,
          .steps = epochs * static_cast<std::int64_t>(rows),
          .gradient_tolerance = 1e-9,
          .chain = {.l2 = 0.05},
          .keep_path = true};
}

TEST(SumMethods, ConvergeLinearlyOnLogisticRegression) {
  const auto best = minimize(logistic(false), std::vector<double>(columns), {.chain = {.l2 = 0.05}});
  ASSERT_TRUE(best.has_value());
  for (const char* method : {"svrg", "saga", "sag"}) {
    const auto result = minimize(logistic(true), std::vector<double>(columns), options(method, 200));
    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->outcome, Outcome::converged) << method << ": " << result->why;
    EXPECT_NEAR(result->value, best->value, 1e-14) << method;
    const std::size_t last = result->path.size() - 1;
    EXPECT_LT(result->path_gradient_norms[last / 2], 1e-2 * result->path_gradient_norms[0]) << method;
    EXPECT_LT(result->path_gradient_norms[last], 1e-2 * result->path_gradient_norms[last / 2]) << method;
  }
}

TEST(SumMethods, OneNumberARowIsAsGoodAsAVector) {
  for (const char* method : {"saga", "sag"}) {
    const auto vectors = minimize(logistic(false), std::vector<double>(columns), options(method, 5));
    const auto numbers = minimize(logistic(true), std::vector<double>(columns), options(method, 5));
    ASSERT_TRUE(vectors && numbers);
    for (std::size_t j = 0; j < columns; ++j) {
      EXPECT_NEAR(vectors->x[j], numbers->x[j], 1e-12) << method;
    }
  }
}

TEST(SumMethods, AreRefusedWhereThereAreNoRows) {
  const auto bowl = [](std::span<const double> x, std::span<double> g) {
    g[0] = x[0];
    return x[0] * x[0] / 2;
  };
  const auto result = minimize(bowl, {1}, {.optimizer = "svrg"});
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find("FiniteSum"), std::string::npos);
  EXPECT_FALSE(minimize(logistic(true), std::vector<double>(columns), {.optimizer = "saga:bta=1"}).has_value());
}

}  // namespace
}  // namespace fallline
