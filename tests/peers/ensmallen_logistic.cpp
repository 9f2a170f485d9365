// SPDX-License-Identifier: Apache-2.0
// ensmallen 3.11: the LogisticRegressionFunction case of most tests/*_test.cpp (tests/test_function_tools.hpp): two normal clouds of 500
// points in three dimensions about (1, 1, 1) and (9, 9, 9), lambda 0.5 on their sum. At most 0.3% of these points and 0.6% of as many new
// ones may fall on the wrong side. Batches are of 32 points, 100,000 points in all, unless told. ensmallen sums over a batch and divides
// the rate by its size: a rule that divides by the size of gradients is left with a rate so many times smaller, which is told here.
#include <algorithm>
#include <cmath>

#include "fallline/base/random.hpp"
#include "tests/peers/cases.hpp"

namespace peers {

namespace {

constexpr std::size_t points = 1000;
constexpr std::size_t columns = 3;
constexpr std::uint32_t seen = 1;
constexpr std::uint32_t fresh = 2;

double feature(std::uint32_t cloud, std::size_t point, std::size_t j) {
  return fallline::Random(21, fallline::Purpose::test, cloud).normal(point * columns + j) + (point < points / 2 ? 1 : 9);
}
double label(std::size_t point) { return point < points / 2 ? -1 : 1; }

/// theta: intercept, then weights.
double score(std::span<const double> theta, const std::vector<double>& data, std::size_t point) {
  double sum = theta[0];
  for (std::size_t j = 0; j < columns; ++j) {
    sum += theta[1 + j] * data[point * columns + j];
  }
  return sum;
}

std::vector<double> cloud(std::uint32_t which) {
  std::vector<double> data;
  for (std::size_t point = 0; point < points; ++point) {
    for (std::size_t j = 0; j < columns; ++j) {
      data.push_back(feature(which, point, j));
    }
  }
  return data;
}

double wrong(std::span<const double> theta, const std::vector<double>& data) {
  double count = 0;
  for (std::size_t point = 0; point < points; ++point) {
    count += label(point) * score(theta, data, point) > 0 ? 0 : 1;
  }
  return count / points;
}

fallline::FiniteSum logistic() {
  constexpr double l2 = 0.5 / points;
  return {points, [data = cloud(seen)](std::span<const double> theta, std::span<const std::uint32_t> rows, std::span<double> gradient) {
            const double share = 1 / static_cast<double>(rows.size());
            double value = 0;
            std::fill(gradient.begin(), gradient.end(), 0.0);
            for (const std::uint32_t row : rows) {
              const double margin = label(row) * score(theta, data, row);
              const double slope = -label(row) / (1 + std::exp(margin));
              value += share * (margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin);
              gradient[0] += share * slope;
              for (std::size_t j = 0; j < columns; ++j) {
                gradient[1 + j] += share * slope * data[row * columns + j];
              }
            }
            for (std::size_t j = 1; j <= columns; ++j) {
              value += l2 / 2 * theta[j] * theta[j];
              gradient[j] += l2 * theta[j];
            }
            return value;
          }};
}

Case of(const char* optimizer, double rate, std::int64_t points_in_all = 100000, std::size_t batch = 32,
        const char* schedule = "constant") {
  const std::int64_t steps = points_in_all / static_cast<std::int64_t>(std::max<std::size_t>(batch, 1));
  Case one{"ensmallen", "logistic", {}, {0, 0, 0, 0}, {.optimizer = optimizer, .learning_rate = rate, .steps = steps}, {}, logistic()};
  one.how.schedule = schedule;
  one.how.batch_size = batch;
  one.wanted.missed_at_most = 0.003;
  one.wanted.missed = [data = cloud(seen), test = cloud(fresh)](std::span<const double> theta) {
    return std::max(wrong(theta, data), wrong(theta, test) / 2);
  };
  return one;
}

}  // namespace

std::vector<Case> ensmallen_logistic_cases() {
  std::vector<Case> cases{
      of("sgd", 0.32),
      of("adagrad:preset=ensmallen", 31.5 / 32, 500000),
      of("adadelta:preset=ensmallen", 1),
      of("rmsprop:preset=ensmallen", 0.01),
      of("adam:preset=ensmallen", 0.001),
      of("adamax:preset=ensmallen", 1e-3, 50000, 1),
      of("amsgrad:preset=ensmallen", 1e-3, 50000, 1),
      of("nadam:preset=ensmallen", 0.001),
      of("adabelief:preset=ensmallen", 0.001),
      of("yogi:preset=ensmallen", 0.001),
      of("svrg", 0.005, 300000, 0),
      of("adam:preset=ensmallen,lookahead=25,lookahead_share=0.5", 0.008, 100000, 4),
      of("l-bfgs", 1, 1000, 0),
  };
  for (std::size_t batch = 5; batch < 50; batch += 5) {
    cases.push_back(of("sgd", 0.005 * static_cast<double>(batch), 10000, batch, "cosine_restarts:first=50,mult=2"));
  }
  return cases;
}

}  // namespace peers
