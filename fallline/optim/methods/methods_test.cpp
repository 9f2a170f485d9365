// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fallline/base/random.hpp"
#include "fallline/optim/methods/line_search.hpp"
#include "fallline/optim/objective.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/testing/rosenbrock.hpp"

namespace fallline {
namespace {

using testing::rosenbrock;

std::unique_ptr<Method> make(std::string_view spec) {
  auto made = make_method(spec);
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
  return std::move(*made);
}

struct Ran {
  MethodReport last;
  std::int64_t evaluations = 0;
  int iterations = 0;
};

/// Iterates until the gradient is short enough, or nothing more can be had.
Ran minimise(Method& method, const Objective& objective, std::vector<double>& theta, double gradient_norm, int most, double rate = 1) {
  Ran ran;
  method.start(theta);
  while (ran.iterations < most) {
    ran.last = method.iterate(objective, theta, rate);
    ran.evaluations += ran.last.evaluations;
    ++ran.iterations;
    if (ran.last.stuck || !ran.last.finite || ran.last.gradient_norm <= gradient_norm) {
      break;
    }
  }
  return ran;
}

/// Mean logistic loss of correlated random rows, in float or double.
template <class T>
Objective logistic(std::size_t rows, std::size_t columns, double l2) {
  std::vector<T> x(rows * columns);
  std::vector<T> y(rows);
  const Random random(11, Purpose::test);
  for (std::size_t i = 0; i < rows; ++i) {
    double score = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      const double value = (random.normal(i * columns + j) + 0.9 * random.normal((rows + i) * columns)) * (j % 3 == 0 ? 3 : 0.5);
      x[i * columns + j] = static_cast<T>(value);
      score += value * (j % 2 == 0 ? 0.4 : -0.3);
    }
    y[i] = random.uniform(3 * rows * columns + i) < 1 / (1 + std::exp(-score)) ? T(1) : T(-1);
  }
  return [=](std::span<const double> theta, std::span<double> gradient) {
    std::vector<T> sum(columns, T(0));
    double loss = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      T score = 0;
      for (std::size_t j = 0; j < columns; ++j) {
        score += x[i * columns + j] * static_cast<T>(theta[j]);
      }
      const T margin = y[i] * score;
      loss += static_cast<double>(margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin);
      const T pull = -y[i] / (T(1) + std::exp(margin));
      for (std::size_t j = 0; j < columns; ++j) {
        sum[j] += pull * x[i * columns + j];
      }
    }
    double penalty = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      gradient[j] = static_cast<double>(sum[j]) / static_cast<double>(rows) + l2 * theta[j];
      penalty += l2 / 2 * theta[j] * theta[j];
    }
    return loss / static_cast<double>(rows) + penalty;
  };
}

double norm_at(const Objective& objective, const std::vector<double>& theta) {
  std::vector<double> g(theta.size());
  objective(theta, g);
  double sum = 0;
  for (const double x : g) {
    sum += x * x;
  }
  return std::sqrt(sum);
}

TEST(LBfgs, FindsRosenbrocksMinimumInFortyEvaluationsOrSo) {
  const auto method = make("l-bfgs");
  std::vector<double> theta{-1.2, 1};
  const Ran ran = minimise(*method, rosenbrock, theta, 1e-8, 200);
  EXPECT_NEAR(theta[0], 1, 1e-8);
  EXPECT_NEAR(theta[1], 1, 1e-8);
  EXPECT_LE(ran.evaluations, 60);
}

TEST(LBfgs, OneEvaluationAnIterationAsARule) {
  const Objective objective = logistic<double>(500, 20, 1e-3);
  const auto method = make("l-bfgs");
  std::vector<double> theta(20, 0);
  const double start = norm_at(objective, theta);
  const Ran ran = minimise(*method, objective, theta, 1e-8 * start, 300);
  EXPECT_LE(ran.last.gradient_norm, 1e-8 * start);
  EXPECT_LE(static_cast<double>(ran.evaluations), 1.3 * ran.iterations + 3);
  EXPECT_LE(ran.evaluations, 80);
}

TEST(LBfgs, GradientsOfFloatStillLeadToAMillionth) {
  for (const double l2 : {0.0, 1e-3}) {
    const Objective objective = logistic<float>(1000, 20, l2);
    const auto method = make("l-bfgs");
    std::vector<double> theta(20, 0);
    const double start = norm_at(objective, theta);
    const Ran ran = minimise(*method, objective, theta, 2e-6 * start, 300);
    EXPECT_LE(ran.last.gradient_norm, 2e-6 * start) << ran.iterations;
  }
}

TEST(LBfgs, BacksOffFromWhereTheObjectiveIsNotFinite) {
  const auto method = make("l-bfgs");
  const Objective barrier = [](std::span<const double> x, std::span<double> g) {
    g[0] = 1 - 1e-3 / x[0];  // x - log(x)/1000: nothing at or below zero
    return x[0] > 0 ? x[0] - 1e-3 * std::log(x[0]) : std::nan("");
  };
  std::vector<double> theta{0.5};
  const Ran ran = minimise(*method, barrier, theta, 1e-6, 100);
  EXPECT_TRUE(ran.last.finite);
  EXPECT_NEAR(theta[0], 1e-3, 1e-8);
}

TEST(LBfgs, SaysWhereTheStartIsNotFinite) {
  const auto method = make("l-bfgs");
  std::vector<double> theta{1};
  method->start(theta);
  const MethodReport report = method->iterate([](auto, std::span<double> g) { return g[0] = std::nan(""); }, theta, 1);
  EXPECT_FALSE(report.finite);
  EXPECT_EQ(theta[0], 1);
}

TEST(LBfgs, IsStuckAtTheMinimumAndStaysThere) {
  const auto method = make("l-bfgs");
  const Objective bowl = [](std::span<const double> x, std::span<double> g) { return g[0] = x[0], x[0] * x[0] / 2; };
  std::vector<double> theta{0};
  method->start(theta);
  const MethodReport report = method->iterate(bowl, theta, 1);
  EXPECT_TRUE(report.stuck);
  EXPECT_EQ(theta[0], 0);
}

TEST(LBfgs, KeepsTheBestPointWhereTheGradientLies) {
  const auto method = make("l-bfgs");
  const Objective liar = [](std::span<const double> x, std::span<double> g) { return g[0] = -x[0], x[0] * x[0] / 2; };
  std::vector<double> theta{1};
  method->start(theta);
  const MethodReport report = method->iterate(liar, theta, 1);
  EXPECT_TRUE(report.stuck);
  EXPECT_EQ(theta[0], 1);
}

TEST(Methods, SavingAndRestoringMidRunChangesNothing) {
  for (const OptimizerInfo& info : list_optimizers()) {
    if (info.kind != "method") {
      continue;
    }
    const auto whole = make(info.name);
    const auto rest = make(info.name);
    std::vector<double> a{-1.2, 1};
    whole->start(a);
    for (int t = 0; t < 5; ++t) {
      whole->iterate(rosenbrock, a, 1e-3);
    }
    std::vector<double> b = a;
    rest->start(b);
    ASSERT_TRUE(rest->restore(whole->save()).has_value());
    for (int t = 0; t < 5; ++t) {
      whole->iterate(rosenbrock, a, 1e-3);
      rest->iterate(rosenbrock, b, 1e-3);
    }
    EXPECT_EQ(a, b) << info.name;
    EXPECT_FALSE(rest->restore({}).has_value());
  }
}

TEST(Methods, ReportIsOfThePointItEndsAt) {
  for (const OptimizerInfo& info : list_optimizers()) {
    if (info.kind == "method") {
      const auto method = make(info.name);
      std::vector<double> theta{-1.2, 1};
      method->start(theta);
      const MethodReport report = method->iterate(rosenbrock, theta, 1e-3);
      std::vector<double> g(2);
      EXPECT_EQ(report.value, rosenbrock(theta, g)) << info.name;
      EXPECT_DOUBLE_EQ(report.gradient_norm, std::hypot(g[0], g[1])) << info.name;
    }
  }
}

TEST(Methods, NamesAreKnownAndOthersOfferedTheNearest) {
  EXPECT_TRUE(is_method("l-bfgs:history=5"));
  EXPECT_FALSE(is_method("adam"));
  EXPECT_NE(make_method("l-bfg").error().message.find("Did you mean 'l-bfgs'?"), std::string::npos);
  EXPECT_NE(make_method("l-bfgs:histry=5").error().message.find("Did you mean 'history'?"), std::string::npos);
}

TEST(LookaheadNesterov, TakesTheGradientWhereTheVelocityLeads) {
  const auto method = make("lookahead_nesterov:momentum=0.5");
  const Objective bowl = [](std::span<const double> x, std::span<double> g) { return g[0] = x[0], x[0] * x[0] / 2; };
  std::vector<double> theta{1};
  method->start(theta);
  method->iterate(bowl, theta, 0.1);
  EXPECT_DOUBLE_EQ(theta[0], 0.9);
  method->iterate(bowl, theta, 0.1);  // v = 0.05 + 0.1 (0.9 - 0.05)
  EXPECT_DOUBLE_EQ(theta[0], 0.9 - (0.05 + 0.1 * 0.85));
}

TEST(LineSearch, EndsAtAPointOfStrongWolfe) {
  const auto phi = [](double a) { return LinePoint{a, std::pow(a - 3, 4) - 81, 4 * std::pow(a - 3, 3)}; };
  const LineResult result = search_line({.curvature = 0.1}, phi(0), 0.01, phi);
  EXPECT_TRUE(result.wolfe);
  EXPECT_LE(std::abs(result.found.slope), 0.1 * 108);
  EXPECT_LE(result.evaluations, 8);
}

}  // namespace
}  // namespace fallline
